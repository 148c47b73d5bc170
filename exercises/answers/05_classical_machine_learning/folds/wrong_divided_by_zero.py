"""A column that is constant in the training rows divided by 0."""
# fails: constant_column


def cross_validate(X, y, folds, fit_predict):
    accuracies = []
    for fold in folds:
        train = torch.ones(len(y), dtype=torch.bool)
        train[fold] = False
        Z = (X - X[train].mean(dim=0)) / X[train].std(dim=0, correction=0)
        predicted = fit_predict(Z[train], y[train], Z[fold])
        accuracies.append((predicted == y[fold]).double().mean().item())
    return accuracies
