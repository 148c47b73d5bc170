"""Mode and first index change places, which disturbs the order of the others."""
# fails: unfoldings_of_four_indices, one_unknown_factor, one_sweep_in_turn, error_never_grows, other_numbers_of_indices


def unfold(T, mode):
    return T.transpose(0, mode).reshape(T.shape[mode], -1)
