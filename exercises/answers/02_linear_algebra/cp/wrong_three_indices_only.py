"""Written for three indices."""
# fails: other_numbers_of_indices


def cp_als(T, factors, sweeps):
    A, B, C = factors
    for _ in range(sweeps):
        A = torch.linalg.lstsq(khatri_rao(B, C), unfold(T, 0).T).solution.T
        B = torch.linalg.lstsq(khatri_rao(A, C), unfold(T, 1).T).solution.T
        C = torch.linalg.lstsq(khatri_rao(A, B), unfold(T, 2).T).solution.T
    return [A, B, C]
