"""The standard deviation taken for the variance."""
# fails: chebyshev_bound, cantelli_bound


def chebyshev(variance, t):
    return min(1.0, (variance / t) ** 2)


def cantelli(variance, t):
    return variance**2 / (variance**2 + t**2)
