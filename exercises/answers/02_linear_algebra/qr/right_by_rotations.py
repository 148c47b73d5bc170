"""Givens rotations, each applied to rows; the shifted steps on the same."""


def householder_qr(A):
    m, n = A.shape
    Q, R = torch.eye(m, dtype=A.dtype), A.clone()
    for k in range(n):
        for i in range(m - 1, k, -1):
            a, b = R[i - 1, k].clone(), R[i, k].clone()
            length = torch.hypot(a, b)
            if b == 0:
                continue
            G = torch.stack([torch.stack([a, b]), torch.stack([-b, a])]) / length
            R[[i - 1, i]] = G @ R[[i - 1, i]]
            Q[:, [i - 1, i]] = Q[:, [i - 1, i]] @ G.T
    return Q[:, :n], torch.triu(R[:n])


def eigenvalues(T, tol=1e-13, max_steps=None):
    left = 30 * len(T) if max_steps is None else max_steps
    small, values, T = tol * (T * T).sum().sqrt(), [], T.clone()
    for n in range(len(T), 1, -1):
        while abs(T[n - 1, n - 2]) > small:
            if left == 0:
                raise RuntimeError
            left -= 1
            a, b, c = (float(x) for x in (T[n - 2, n - 2], T[n - 1, n - 2], T[n - 1, n - 1]))
            root = math.sqrt((a - c) ** 2 / 4 + b * b)
            mu = min((a + c) / 2 + root, (a + c) / 2 - root, key=lambda e: abs(e - c))
            S = mu * torch.eye(n, dtype=T.dtype)
            Q, R = householder_qr(T[:n, :n] - S)
            T = R @ Q + S
        values.append(T[n - 1, n - 1])
    values.append(T[0, 0])
    return torch.sort(torch.stack(values))[0]
