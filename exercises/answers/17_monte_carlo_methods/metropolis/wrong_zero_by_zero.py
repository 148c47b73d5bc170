"""0 divided by 0."""
# fails: three_states_by_hand, ratios_of_flows, matrices_in_balance


def acceptance(p, Q):
    flow = p[:, None] * Q
    return (flow.T / flow).clamp(max=1.0)
