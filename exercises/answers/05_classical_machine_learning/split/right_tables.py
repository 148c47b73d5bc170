"""Counts with one-hot vectors, thresholds from sorted lists."""


def gini(y):
    p = torch.eye(int(y.max()) + 1, dtype=torch.float64)[y].mean(0)
    return float((p * (1 - p)).sum())


def entropy(y):
    return float(sum(-(k / len(y)) * math.log2(k / len(y)) for k in Counter(y.tolist()).values()))


def best_split(X, y):
    found = []
    for j in range(X.shape[1]):
        v = sorted(set(X[:, j].tolist()))
        for a, b in zip(v, v[1:]):
            left = X[:, j] <= a
            share = left.double().mean().item()
            gain = gini(y) - share * gini(y[left]) - (1 - share) * gini(y[~left])
            found.append((-round(gain, 12), j, (a + b) / 2, gain))
    return min(found)[1:] if found else None
