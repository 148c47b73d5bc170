"""nan where both distributions are 0."""
# fails: infinite_divergence, finite_divergence_with_zeros


def kl_divergence(p, q, base=2):
    return (p * (p / q).log()).sum() / math.log(base)
