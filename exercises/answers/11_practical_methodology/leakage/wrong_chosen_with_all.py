"""Columns are chosen once, with all examples."""
# fails: chosen_inside_of_the_fold


def cross_validate(choose, fit, X, y, folds):
    columns = choose(X, y)
    return [(fit(X[a][:, columns], y[a])(X[b][:, columns]) == y[b]).double().mean().item() for a, b in folds]
