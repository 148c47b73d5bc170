"""Orders below 1 are answered."""
# fails: orders_below_one_are_refused


def lp_norm(x, p):
    largest = x.abs().max()
    if p == math.inf or largest == 0:
        return largest
    return largest * (x / largest).abs().pow(p).sum().pow(1 / p)
