"""Plain numbers, arm by arm."""


def ucb(wins, pulls, c=2.0):
    total = sum(pulls.tolist())
    return torch.tensor([w / n + (c * math.log(total) / n) ** 0.5 if n else math.inf for w, n in zip(wins.tolist(), pulls.tolist())])


def posterior(wins, pulls):
    ones = torch.ones(len(wins), dtype=torch.float64)
    return ones + wins, ones + pulls - wins


def choose(rule, wins, pulls, generator, epsilon=0.1):
    arms = range(len(pulls))
    if rule == "ucb1":
        values = ucb(wins, pulls).tolist()
    elif rule == "thompson":
        values = beta(*posterior(wins, pulls), generator).tolist()
    elif float(torch.rand(1, generator=generator)) < epsilon:
        values = torch.rand(len(pulls), generator=generator).tolist()
    else:
        values = [w / n if n else 2 for w, n in zip(wins.tolist(), pulls.tolist())]
    return max(arms, key=lambda arm: values[arm])


def play(rule, probabilities, steps, generator, epsilon=0.1):
    p, arms = probabilities.tolist(), []
    wins = torch.zeros(len(p), dtype=torch.long)
    pulls = wins.clone()
    for _ in range(steps):
        arms.append(choose(rule, wins, pulls, generator, epsilon))
        pulls[arms[-1]] += 1
        if float(torch.rand(1, generator=generator)) < p[arms[-1]]:
            wins[arms[-1]] += 1
    lost = torch.tensor([max(p) - p[arm] for arm in arms], dtype=torch.float64)
    return pulls, lost.cumsum(0).tolist()
