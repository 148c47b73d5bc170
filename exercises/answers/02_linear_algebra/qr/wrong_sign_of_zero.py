"""The sign of zero is zero: a division 0 / 0 where the block has equal diagonal entries and nothing beside them."""
# fails: three_eigenvalues, few_steps, symmetric_spectrum, dtype_and_inputs_kept


def eigenvalues(T, tol=1e-13, max_steps=None):
    small, found, steps = tol * T.square().sum().sqrt(), [], 0
    limit = 30 * len(T) if max_steps is None else max_steps
    while len(T) > 1:
        a, b, c = T[-2, -2], T[-1, -2], T[-1, -1]
        delta = (a - c) / 2
        mu = c - b * b / (delta + delta.sign() * torch.hypot(delta, b))
        if b.abs() <= small:
            found.append(c)
            T = T[:-1, :-1]
            continue
        if steps == limit:
            raise RuntimeError
        eye = torch.eye(len(T), dtype=T.dtype)
        Q, R = householder_qr(T - mu * eye)
        T = R @ Q + mu * eye
        steps += 1
    return torch.stack([*found, T[0, 0]]).sort().values
