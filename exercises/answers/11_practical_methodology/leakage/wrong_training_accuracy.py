"""Scored on the training rows."""
# fails: chosen_inside_of_the_fold


def cross_validate(choose, fit, X, y, folds):
    accuracies = []
    for train, _ in folds:
        columns = choose(X[train], y[train])
        accuracies.append((fit(X[train][:, columns], y[train])(X[train][:, columns]) == y[train]).double().mean().item())
    return accuracies
