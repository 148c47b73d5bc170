"""Rows as they are."""
# fails: same_scaling_for_all


def ladder(rungs, X, y, train, test):
    rows, best = [], None
    for name, fit in rungs:
        guess = fit(X[train], y[train])(X[test])
        right = (guess == y[test]).double()
        gain = None if best is None else (right - best).mean().item()
        error = None if best is None else (right - best).std().item() / math.sqrt(len(test))
        rows.append((name, right.mean().item(), balanced_accuracy(y[test], guess), gain, error))
        best = right if best is None or right.mean() > best.mean() else best
    return rows
