"""Powers of the entries, signs and all."""
# fails: norms_by_hand, norms_of_finite_order, gradient_of_the_norm


def lp_norm(x, p):
    if p < 1:
        raise ValueError
    largest = x.abs().max()
    if p == math.inf or largest == 0:
        return largest
    return largest * (x / largest).pow(p).sum().pow(1 / p)
