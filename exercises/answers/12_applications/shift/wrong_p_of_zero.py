"""Nothing added above and below."""
# fails: chance_of_the_statistic


def permutation_p(statistic, a, b, draws, generator):
    X, seen, hits = torch.cat([a, b]), statistic(a, b), 0
    for _ in range(draws):
        shuffled = X[torch.randperm(len(X), generator=generator)]
        hits += statistic(shuffled[: len(a)], shuffled[len(a) :]) >= seen
    return hits / draws
