"""torch's global generator instead of the one given."""
# fails: same_seed_same_weights


def kaiming_normal(d_out, d_in, generator, negative_slope=0.0, mode="fan_in"):
    n = d_in if mode == "fan_in" else d_out
    return math.sqrt(2 / ((1 + negative_slope**2) * n)) * torch.randn(d_out, d_in)
