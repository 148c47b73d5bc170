"""One side taken for half of both sides."""
# fails: cantelli_bound


def cantelli(variance, t):
    return min(1.0, variance / t**2) / 2
