"""The negative slope is not used."""
# fails: kaiming_variance


def kaiming_normal(d_out, d_in, generator, negative_slope=0.0, mode="fan_in"):
    n = d_in if mode == "fan_in" else d_out
    return math.sqrt(2 / n) * torch.randn(d_out, d_in, generator=generator)
