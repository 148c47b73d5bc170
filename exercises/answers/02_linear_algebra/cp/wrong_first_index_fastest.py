"""The other indices run backwards, as in column-major storage; the Khatri-Rao product does not."""
# fails: unfoldings_by_hand, unfoldings_of_four_indices, one_unknown_factor, one_sweep_in_turn, error_never_grows, other_numbers_of_indices


def unfold(T, mode):
    others = [i for i in range(T.dim()) if i != mode]
    return T.permute(mode, *reversed(others)).reshape(T.shape[mode], -1)
