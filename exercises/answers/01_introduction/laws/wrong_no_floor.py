"""A line on doubly logarithmic axes, which ignores the floor and makes alpha too small."""
# fails: law_with_floor, law_with_noise


def fit_power_law(N, L):
    x, v = N.double().log(), L.double().log()
    slope = ((x - x.mean()) * v).sum() / (x - x.mean()).square().sum()
    return 0.0, (v.mean() - slope * x.mean()).exp().item(), -slope.item()
