"""Acceptances above 1."""
# fails: three_states_by_hand, ratios_of_flows, matrices_in_balance


def acceptance(p, Q):
    flow = p[:, None] * Q
    return torch.where(Q > 0, flow.T / flow, 0.0)
