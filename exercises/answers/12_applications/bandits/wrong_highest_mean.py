"""Thompson sampling without drawing."""
# fails: probability_matching

_choose = choose


def choose(rule, wins, pulls, generator, epsilon=0.1):
    if rule == "thompson":
        a, b = posterior(wins, pulls)
        mean = a / (a + b)
        best = torch.nonzero(mean == mean.max()).flatten()
        return best[torch.randint(len(best), (), generator=generator)].item()
    return _choose(rule, wins, pulls, generator, epsilon)
