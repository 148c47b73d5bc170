"""Uniform numbers with the right variance, not normal ones."""
# fails: xavier_variance, kaiming_variance


def uniform(d_out, d_in, variance, generator):
    return math.sqrt(3 * variance) * (2 * torch.rand(d_out, d_in, generator=generator) - 1)


def xavier_normal(d_out, d_in, generator):
    return uniform(d_out, d_in, 2 / (d_in + d_out), generator)


def kaiming_normal(d_out, d_in, generator, negative_slope=0.0, mode="fan_in"):
    n = d_in if mode == "fan_in" else d_out
    return uniform(d_out, d_in, 2 / ((1 + negative_slope**2) * n), generator)
