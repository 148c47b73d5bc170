"""The eigenvalues of the shifted matrix."""
# fails: three_eigenvalues, eigenvalues_of_random_matrices, few_steps, symmetric_spectrum


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
        Q, R = householder_qr(T - mu * torch.eye(len(T), dtype=T.dtype))
        T = R @ Q
        steps += 1
    return torch.stack([*found, T[0, 0]]).sort().values
