"""Scaled by the largest entry, also when that is zero."""
# fails: norm_of_the_zero_vector, angle_with_zero_is_refused


def lp_norm(x, p):
    if p < 1:
        raise ValueError
    largest = x.abs().max()
    return largest if p == math.inf else largest * (x / largest).abs().pow(p).sum().pow(1 / p)
