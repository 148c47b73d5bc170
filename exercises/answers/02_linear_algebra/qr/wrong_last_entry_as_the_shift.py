"""The last diagonal entry as the shift stalls where it is zero."""
# fails: few_steps


def eigenvalues(T, tol=1e-13, max_steps=None):
    small, found, steps = tol * T.square().sum().sqrt(), [], 0
    limit = 30 * len(T) if max_steps is None else max_steps
    while len(T) > 1:
        if T[-1, -2].abs() <= small:
            found.append(T[-1, -1])
            T = T[:-1, :-1]
            continue
        if steps == limit:
            raise RuntimeError
        mu = T[-1, -1] * torch.eye(len(T), dtype=T.dtype)
        Q, R = householder_qr(T - mu)
        T = R @ Q + mu
        steps += 1
    return torch.stack([*found, T[0, 0]]).sort().values
