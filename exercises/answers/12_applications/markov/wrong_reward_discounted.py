"""The reward is discounted as well."""
# fails: two_states_by_hand, two_actions_by_hand, both_kinds_of_values, sweeps_by_matrix_powers, best_of_all_policies, when_sweeps_end


def q_from_v(P, R, gamma, v):
    return gamma * (R + P @ v)
