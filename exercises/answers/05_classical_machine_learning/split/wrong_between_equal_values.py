"""Sorted rows are parted anywhere, also between equal values."""
# fails: equal_values, constant_features, all_splits


def best_split(X, y):
    best = None
    for j, x in enumerate(X.T):
        order = x.argsort(stable=True)
        x, t = x[order], y[order]
        for i in range(1, len(y)):
            gain = gini(y) - (i * gini(t[:i]) + (len(y) - i) * gini(t[i:])) / len(y)
            if best is None or gain > best[2]:
                best = (j, ((x[i - 1] + x[i]) / 2).item(), gain)
    return best
