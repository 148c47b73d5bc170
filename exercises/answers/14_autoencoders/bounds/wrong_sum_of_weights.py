"""The sum of the weights."""
# fails: bound_of_two_weights, bounds_of_scipy, tiny_weights


def iwae_bound(log_w):
    return torch.logsumexp(log_w, dim=1)
