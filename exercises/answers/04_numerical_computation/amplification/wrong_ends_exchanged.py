"""The largest solution and the smallest change."""
# fails: bound_is_attained, dtype_and_inputs_kept


def worst_case(A):
    U, _, _ = torch.linalg.svd(A.double())
    return U[:, -1], U[:, 0]
