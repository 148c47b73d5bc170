"""The divergence the other way round."""
# fails: two_directions, divergence_and_cross_entropy, infinite_divergence, finite_divergence_with_zeros


def kl_divergence(p, q, base=2):
    return (torch.xlogy(q, q) - torch.xlogy(q, p)).sum() / math.log(base)
