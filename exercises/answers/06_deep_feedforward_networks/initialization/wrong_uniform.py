"""Uniform numbers with the right variance, not normal ones."""
# fails: xavier_variance


def xavier_normal(d_out, d_in, generator):
    a = math.sqrt(6 / (d_in + d_out))
    return a * (2 * torch.rand(d_out, d_in, generator=generator) - 1)
