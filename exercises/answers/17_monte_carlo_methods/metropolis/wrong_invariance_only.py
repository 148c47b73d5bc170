"""Invariance is measured, not detailed balance."""
# fails: cycles_out_of_balance


def imbalance(p, P):
    pi = p / p.sum()
    return (pi @ P - pi).abs().max()
