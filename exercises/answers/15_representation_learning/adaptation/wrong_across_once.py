"""The mean across counts once."""
# fails: discrepancies_of_sklearn


def mmd(X, Y, gamma):
    mean = lambda A, B: torch.exp(-gamma * torch.cdist(A, B) ** 2).mean()
    return mean(X, X) + mean(Y, Y) - mean(X, Y)
