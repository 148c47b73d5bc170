"""Pairs, permutations of numbers, a counter."""


def domain_auc(a, b, fold, fit):
    X = torch.cat([a, b])
    y = torch.tensor([0] * len(a) + [1] * len(b))
    scores = [0.0] * len(X)
    for k in set(fold.tolist()):
        rows = [i for i, f in enumerate(fold.tolist()) if f == k]
        rest = [i for i, f in enumerate(fold.tolist()) if f != k]
        for i, value in zip(rows, fit(X[rest], y[rest])(X[rows]).tolist()):
            scores[i] = value
    pairs = [(scores[i], scores[len(a) + j]) for i in range(len(a)) for j in range(len(b))]
    return sum((p < q) + (p == q) / 2 for p, q in pairs) / len(pairs)


def permutation_p(statistic, a, b, draws, generator):
    X, n = torch.cat([a, b]), len(a)
    values = [statistic(a, b)]
    while len(values) <= draws:
        order = torch.rand(len(X), generator=generator).argsort()
        values.append(statistic(X[order[:n]], X[order[n:]]))
    return sum(value >= values[0] for value in values) / len(values)


def shifted_features(a, b, p_value, alpha=0.05):
    found = []
    for j, (x, y) in enumerate(zip(a.T, b.T)):
        if len(a.T) * p_value(x, y) <= alpha:
            found.append(j)
    return found
