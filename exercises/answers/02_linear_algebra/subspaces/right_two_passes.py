"""First the echelon form from above, then the zeros above the pivots from below; the null space by appending the identity."""


def rref(A, rtol=1e-9):
    rows, small, pivots, r = [row.clone() for row in A], rtol * A.abs().max(), [], 0
    for c in range(A.shape[1]):
        rest = sorted(range(r, len(rows)), key=lambda j: -abs(rows[j][c].item()))
        if not rest or abs(rows[rest[0]][c]) <= small:
            for j in rest:
                rows[j][c] = 0
            continue
        rows[r], rows[rest[0]] = rows[rest[0]], rows[r]
        rows[r] = rows[r] / rows[r][c]
        for j in range(r + 1, len(rows)):
            rows[j] = rows[j] - rows[j][c] * rows[r]
        pivots.append(c)
        r += 1
    for i in reversed(range(r)):
        for j in range(i):
            rows[j] = rows[j] - rows[j][pivots[i]] * rows[i]
    return torch.stack(rows), pivots


def null_space(A):
    R, pivots = rref(A)
    basis = []
    for f in sorted(set(range(A.shape[1])) - set(pivots)):
        v = torch.zeros(A.shape[1], dtype=A.dtype)
        v[f] = -1
        for row, c in enumerate(pivots):
            v[c] = R[row, f]
        basis.append(v)
    return torch.stack(basis, dim=1) if basis else torch.zeros(A.shape[1], 0, dtype=A.dtype)


def is_independent(vectors):
    return null_space(torch.stack(vectors, dim=1)).shape[1] == 0
