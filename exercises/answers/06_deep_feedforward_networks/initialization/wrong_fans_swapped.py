"""fan_in read from the outputs and fan_out from the inputs."""
# fails: spread_of_a_first_layer, kaiming_variance


def kaiming_normal(d_out, d_in, generator, negative_slope=0.0, mode="fan_in"):
    n = d_out if mode == "fan_in" else d_in
    return math.sqrt(2 / ((1 + negative_slope**2) * n)) * torch.randn(d_out, d_in, generator=generator)
