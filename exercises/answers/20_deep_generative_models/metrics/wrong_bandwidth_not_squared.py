"""The bandwidth without its square."""
# fails: discrepancies_pair_by_pair, distances_on_a_line

def mmd(X, Y, h):
    kernel = lambda A, B: torch.exp(-((A[:, None] - B) ** 2).sum(dim=2) / (2 * h))
    within = lambda A: (kernel(A, A).sum() - len(A)) / (len(A) * (len(A) - 1))
    return within(X) + within(Y) - 2 * kernel(X, Y).mean()
