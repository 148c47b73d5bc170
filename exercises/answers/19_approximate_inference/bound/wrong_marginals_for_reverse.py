"""The marginals for either direction."""
# fails: nearest_in_reverse_divergence, one_mode_or_the_other

def reverse_product(P, w):
    return P.sum(dim=1), P.sum(dim=0)
