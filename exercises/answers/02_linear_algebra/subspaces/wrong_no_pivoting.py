"""The first entry that is not zero becomes the pivot."""
# fails: largest_entry_as_pivot


def rref(A, rtol=1e-9):
    R, pivots = A.clone(), []
    smallest = rtol * R.abs().max()
    for c in range(R.shape[1]):
        r = len(pivots)
        if r == len(R):
            break
        good = R[r:, c].abs() > smallest
        if not good.any():
            R[r:, c] = 0
            continue
        i = r + int(good.int().argmax())
        R[[r, i]] = R[[i, r]]
        R[r] = R[r] / R[r, c]
        others = torch.arange(len(R)) != r
        R[others] = R[others] - R[others, c, None] * R[r]
        pivots.append(c)
    return R, pivots
