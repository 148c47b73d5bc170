"""The symmetry of the matrix, without the weights."""
# fails: three_states_by_hand, cycles_out_of_balance


def imbalance(p, P):
    return (P - P.T).abs().max() / len(p)
