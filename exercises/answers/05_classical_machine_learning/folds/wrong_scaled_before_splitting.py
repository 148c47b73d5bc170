"""The scale of all rows, the held-out ones among them."""
# fails: nothing_from_the_fold, constant_column


def cross_validate(X, y, folds, fit_predict):
    Z, accuracies = (X - X.mean(dim=0)) / X.std(dim=0, correction=0), []
    for fold in folds:
        train = torch.ones(len(y), dtype=torch.bool)
        train[fold] = False
        predicted = fit_predict(Z[train], y[train], Z[fold])
        accuracies.append((predicted == y[fold]).double().mean().item())
    return accuracies
