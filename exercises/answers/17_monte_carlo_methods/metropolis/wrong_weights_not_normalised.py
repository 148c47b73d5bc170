"""Weights in the place of probabilities."""
# fails: cycles_out_of_balance


def imbalance(p, P):
    flow = p[:, None] * P
    return (flow - flow.T).abs().max()
