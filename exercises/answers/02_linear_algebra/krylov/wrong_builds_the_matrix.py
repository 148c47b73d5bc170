"""Asks for every column and eliminates."""
# fails: as_many_steps_as_distinct_eigenvalues, zero_right_hand_side, too_few_steps, just_enough_steps, tolerance_is_relative


def conjugate_gradient(matvec, b, tol=1e-10, max_steps=100):
    n = len(b)
    A = torch.stack([matvec(e) for e in torch.eye(n, dtype=b.dtype)], dim=1)
    M = torch.cat([A, b[:, None]], dim=1)
    for k in range(n):
        if M[k, k] <= 0:
            raise ValueError
        M[k] = M[k] / M[k, k]
        for i in range(n):
            if i != k:
                M[i] = M[i] - M[i, k] * M[k]
    return M[:, n], n
