"""The noise as the expected squared residual of each feature."""


def fa_em_step(X, W, psi):
    N, k = len(X), W.shape[1]
    A = X - X.mean(dim=0)
    G = torch.linalg.inv(torch.eye(k, dtype=W.dtype) + (W.T / psi) @ W)
    Ez = A / psi @ W @ G
    second = N * G + Ez.T @ Ez
    new = torch.linalg.solve(second, Ez.T @ A).T
    residual = (A - Ez @ new.T).square().sum(0) + N * ((new @ G) * new).sum(1)
    return new, residual / N


def align(A, B):
    U, S, V = torch.svd(B.T @ A)
    return V @ U.T
