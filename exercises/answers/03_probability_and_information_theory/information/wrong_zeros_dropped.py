"""All outcomes left out that one of both calls impossible."""
# fails: infinite_divergence, infinite_cross_entropy


def cross_entropy(p, q, base=2):
    both = (p > 0) & (q > 0)
    return -(p[both] * q[both].log()).sum() / math.log(base)


def kl_divergence(p, q, base=2):
    both = (p > 0) & (q > 0)
    return (p[both] * (p[both] / q[both]).log()).sum() / math.log(base)
