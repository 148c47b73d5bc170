"""The bound of the uniform version, the root of 6 / (d_in + d_out), used as standard deviation."""
# fails: spread_of_a_first_layer, xavier_variance


def xavier_normal(d_out, d_in, generator):
    return math.sqrt(6 / (d_in + d_out)) * torch.randn(d_out, d_in, generator=generator)
