"""No row with itself."""
# fails: discrepancies_of_sklearn


def mmd(X, Y, gamma):
    kernel = lambda A, B: torch.exp(-gamma * torch.cdist(A, B) ** 2)
    own = lambda A: (kernel(A, A).sum() - len(A)) / (len(A) * (len(A) - 1))
    return own(X) + own(Y) - 2 * kernel(X, Y).mean()
