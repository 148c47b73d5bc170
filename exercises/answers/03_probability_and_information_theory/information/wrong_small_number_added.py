"""A small number hides that the support fails."""
# fails: infinite_divergence


def kl_divergence(p, q, base=2):
    return (p * ((p + 1e-12).log() - (q + 1e-12).log())).sum() / math.log(base)
