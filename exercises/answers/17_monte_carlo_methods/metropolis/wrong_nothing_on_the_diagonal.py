"""Rows that add up to less than 1."""
# fails: three_states_by_hand, matrices_in_balance


def mh_matrix(p, Q):
    return Q * acceptance(p, Q)
