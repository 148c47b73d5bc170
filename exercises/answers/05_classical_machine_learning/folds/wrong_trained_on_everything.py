"""The held-out rows are among the training rows."""
# fails: nothing_from_the_fold


def cross_validate(X, y, folds, fit_predict):
    accuracies = []
    for fold in folds:
        rest = torch.ones(len(y), dtype=torch.bool)
        rest[fold] = False
        std = X[rest].std(dim=0, correction=0)
        Z = (X - X[rest].mean(dim=0)) / torch.where(std == 0, 1, std)
        everything = rest if len(fold) == 1 else torch.ones_like(rest)
        predicted = fit_predict(Z[everything], y[everything], Z[fold])
        accuracies.append((predicted == y[fold]).double().mean().item())
    return accuracies
