"""Distances in the kernel."""
# fails: discrepancies_of_sklearn


def mmd(X, Y, gamma):
    mean = lambda A, B: torch.exp(-gamma * torch.cdist(A, B)).mean()
    return mean(X, X) + mean(Y, Y) - 2 * mean(X, Y)
