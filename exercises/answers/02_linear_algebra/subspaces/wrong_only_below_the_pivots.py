"""Echelon form, but not reduced: the entries above the pivots stay."""
# fails: echelon_form_by_hand, echelon_forms_of_random_matrices, largest_entry_as_pivot, null_spaces


def rref(A, rtol=1e-9):
    R, pivots = A.clone(), []
    smallest = rtol * R.abs().max()
    for c in range(R.shape[1]):
        r = len(pivots)
        if r == len(R):
            break
        i = r + int(R[r:, c].abs().argmax())
        if R[i, c].abs() <= smallest:
            R[r:, c] = 0
            continue
        R[[r, i]] = R[[i, r]]
        R[r] = R[r] / R[r, c]
        R[r + 1 :] = R[r + 1 :] - R[r + 1 :, c, None] * R[r]
        pivots.append(c)
    return R, pivots
