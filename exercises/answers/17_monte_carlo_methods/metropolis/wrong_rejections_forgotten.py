"""What is rejected is left out: rows are divided by their sums."""
# fails: three_states_by_hand, matrices_in_balance


def mh_matrix(p, Q):
    moved = Q * acceptance(p, Q)
    return moved / moved.sum(dim=1, keepdim=True)
