"""In the order in which they are found."""
# fails: three_eigenvalues, ascending_order, few_steps, symmetric_spectrum, diagonal_and_multiple


def eigenvalues(T, tol=1e-13, max_steps=None):
    small, found, steps = tol * T.square().sum().sqrt(), [], 0
    limit = 30 * len(T) if max_steps is None else max_steps
    while len(T) > 1:
        a, b, c = T[-2, -2], T[-1, -2], T[-1, -1]
        if b.abs() <= small:
            found.append(c)
            T = T[:-1, :-1]
            continue
        if steps == limit:
            raise RuntimeError
        delta = (a - c) / 2
        mu = c - b * b / (delta + torch.copysign(torch.hypot(delta, b), delta))
        eye = torch.eye(len(T), dtype=T.dtype)
        Q, R = householder_qr(T - mu * eye)
        T = R @ Q + mu * eye
        steps += 1
    return torch.stack([T[0, 0], *found[::-1]])
