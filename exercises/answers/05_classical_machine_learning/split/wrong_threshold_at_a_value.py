"""The threshold is a value of the feature, not a midpoint."""
# fails: four_values, weighted_children, equal_values, constant_features, all_splits, ties


def best_split(X, y):
    best = None
    for j, x in enumerate(X.T):
        for t in x.unique()[:-1]:
            share = (x <= t).double().mean().item()
            gain = gini(y) - share * gini(y[x <= t]) - (1 - share) * gini(y[x > t])
            if best is None or gain > best[2]:
                best = (j, t.item(), gain)
    return best
