"""Regret by what was earned."""
# fails: accounts_of_a_game


def play(rule, probabilities, steps, generator, epsilon=0.1):
    wins, pulls = torch.zeros(2, len(probabilities), dtype=torch.long)
    regrets, regret = [], 0.0
    for _ in range(steps):
        arm = choose(rule, wins, pulls, generator, epsilon)
        won = int(torch.rand((), generator=generator).item() < probabilities[arm])
        wins[arm] += won
        pulls[arm] += 1
        regret += probabilities.max().item() - won
        regrets.append(regret)
    return pulls, regrets
