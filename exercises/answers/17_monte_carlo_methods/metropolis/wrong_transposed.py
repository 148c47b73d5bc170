"""Columns for rows."""
# fails: three_states_by_hand, matrices_in_balance

rows_of_states = mh_matrix


def mh_matrix(p, Q):
    return rows_of_states(p, Q).T
