"""The right factor runs slowly."""
# fails: khatri_rao_by_hand, columns_are_kronecker_products, one_unknown_factor, one_sweep_in_turn, error_never_grows, other_numbers_of_indices


def khatri_rao(A, B):
    return (B[:, None] * A[None]).reshape(-1, A.shape[1])
