"""Only the ratio of the weights."""
# fails: ratios_of_flows, matrices_in_balance


def acceptance(p, Q):
    return torch.where(Q > 0, (p / p[:, None]).clamp(max=1.0), 0.0)
