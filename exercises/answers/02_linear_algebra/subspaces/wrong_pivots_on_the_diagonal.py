"""A column without a pivot costs a row."""
# fails: echelon_forms_of_random_matrices, tolerance_is_relative, null_spaces


def rref(A, rtol=1e-9):
    R, pivots = A.clone(), []
    smallest = rtol * R.abs().max()
    for c in range(min(R.shape)):
        i = c + int(R[c:, c].abs().argmax())
        if R[i, c].abs() <= smallest:
            R[c:, c] = 0
            continue
        R[[c, i]] = R[[i, c]]
        R[c] = R[c] / R[c, c]
        others = torch.arange(len(R)) != c
        R[others] = R[others] - R[others, c, None] * R[c]
        pivots.append(c)
    return R, pivots
