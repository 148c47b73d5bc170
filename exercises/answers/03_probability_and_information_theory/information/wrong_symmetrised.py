"""The mean of both directions."""
# fails: two_directions, divergence_and_cross_entropy, finite_divergence_with_zeros


def kl_divergence(p, q, base=2):
    return ((p - q) * torch.log(p / q)).nansum() / math.log(base) / 2
