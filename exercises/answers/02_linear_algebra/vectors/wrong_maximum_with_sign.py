"""The largest entry instead of the largest magnitude."""
# fails: norms_by_hand, norm_of_infinite_order

whole = lp_norm


def lp_norm(x, p):
    return x.max() if p == math.inf else whole(x, p)
