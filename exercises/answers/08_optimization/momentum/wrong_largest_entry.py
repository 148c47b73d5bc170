"""The largest entry of the diagonal for the largest eigenvalue."""
# fails: limits_of_stability


def stable_limit(H, beta, nesterov=False):
    limit = 2 * (1 + beta) / H.diagonal().max().item()
    return limit / (1 + 2 * beta) if nesterov else limit
