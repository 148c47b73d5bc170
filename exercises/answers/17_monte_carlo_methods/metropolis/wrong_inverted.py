"""The ratio stands on its head."""
# fails: three_states_by_hand, ratios_of_flows, matrices_in_balance


def acceptance(p, Q):
    flow = p[:, None] * Q
    return torch.where(Q > 0, (flow / flow.T).clamp(max=1.0), 0.0)
