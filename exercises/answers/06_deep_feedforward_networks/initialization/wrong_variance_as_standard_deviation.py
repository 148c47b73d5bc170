"""Multiplied by the variance instead of its root."""
# fails: spread_of_a_first_layer, xavier_variance, kaiming_variance


def xavier_normal(d_out, d_in, generator):
    return 2 / (d_in + d_out) * torch.randn(d_out, d_in, generator=generator)


def kaiming_normal(d_out, d_in, generator, negative_slope=0.0, mode="fan_in"):
    n = d_in if mode == "fan_in" else d_out
    return 2 / ((1 + negative_slope**2) * n) * torch.randn(d_out, d_in, generator=generator)
