"""The distance of the means."""
# fails: discrepancies_of_sklearn


def mmd(X, Y, gamma):
    return gamma * ((X.mean(dim=0) - Y.mean(dim=0)) ** 2).sum()
