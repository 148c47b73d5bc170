"""Without a shift the steps go into the hundreds."""
# fails: eigenvalues_of_random_matrices, ascending_order, few_steps, symmetric_spectrum


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
        Q, R = householder_qr(T)
        T = R @ Q
        steps += 1
    return torch.stack([*found, T[0, 0]]).sort().values
