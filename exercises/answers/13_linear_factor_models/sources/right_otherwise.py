"""Central moments by products, a Cholesky factor, one direction after another."""


def excess_kurtosis(X):
    squares = (X - X.mean(0)).square()
    return squares.square().mean(0) / squares.mean(0).square() - 3


def whiten(X):
    A = X - X.mean(0)
    L = torch.linalg.cholesky(A.T @ A / A.shape[0])
    return torch.linalg.solve_triangular(L, A.T, upper=False).T


def fastica(Z, W, steps):
    for _ in range(steps):
        rows = []
        for w in W:
            u = Z @ w
            rows.append((Z * torch.tanh(u)[:, None]).mean(0) - (1 / torch.cosh(u) ** 2).mean() * w)
        W = torch.stack(rows)
        values, E = torch.linalg.eigh(W @ W.T)
        W = E @ (E / values.sqrt()).T @ W
    return W
