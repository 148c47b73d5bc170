"""Columns are chosen inside of the fold, the model is fitted with all."""
# fails: chosen_inside_of_the_fold


def cross_validate(choose, fit, X, y, folds):
    accuracies = []
    for train, held in folds:
        columns = choose(X[train], y[train])
        accuracies.append((fit(X[:, columns], y)(X[held][:, columns]) == y[held]).double().mean().item())
    return accuracies
