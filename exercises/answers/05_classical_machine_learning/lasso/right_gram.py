"""Coordinate descent on the Gram matrix, with cases for the threshold."""


def soft_threshold(z, t):
    return torch.where(z > t, z - t, torch.where(z < -t, z + t, torch.zeros_like(z)))


def lasso(X, y, lam, sweeps):
    A, c = X - X.mean(0), y - y.mean()
    G, q = A.T @ A, A.T @ c
    w = torch.zeros_like(q)
    for _ in range(sweeps):
        for j in range(len(w)):
            if G[j, j] > 0:
                rho = q[j] - G[j] @ w + G[j, j] * w[j]
                w[j] = soft_threshold(rho, lam / 2) / G[j, j]
    return w, y.mean() - w @ X.mean(0)


def zero_penalty(X, y):
    return float((2 * (X - X.mean(0)).T @ y).abs().max())
