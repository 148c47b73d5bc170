"""Python numbers on the way: no gradient."""
# fails: gradient_of_the_norm


def lp_norm(x, p):
    if p < 1:
        raise ValueError
    entries = [abs(v) for v in x.tolist()]
    largest = max(entries)
    if p == math.inf or largest == 0:
        return like(x, largest)
    return like(x, largest * sum((v / largest) ** p for v in entries) ** (1 / p))
