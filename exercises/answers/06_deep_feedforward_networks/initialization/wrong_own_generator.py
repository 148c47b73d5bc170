"""A generator of its own, with the same seed at every call: all layers of a size start alike."""
# fails: other_seed_other_weights


def xavier_normal(d_out, d_in, generator):
    own = torch.Generator().manual_seed(0)
    return math.sqrt(2 / (d_in + d_out)) * torch.randn(d_out, d_in, generator=own)
