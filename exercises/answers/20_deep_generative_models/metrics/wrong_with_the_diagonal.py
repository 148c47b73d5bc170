"""Rows are paired with themselves."""
# fails: discrepancies_pair_by_pair, distances_on_a_line

def mmd(X, Y, h):
    kernel = lambda A, B: torch.exp(-((A[:, None] - B) ** 2).sum(dim=2) / (2 * h**2))
    within = lambda A: kernel(A, A).mean()
    return within(X) + within(Y) - 2 * kernel(X, Y).mean()
