"""Moments and sums of rows; the polar factor by eigenvalues."""


def fa_em_step(X, W, psi):
    A, k = X - X.mean(0), W.shape[1]
    gain = torch.linalg.solve(W @ W.T + torch.diag(psi), W).T
    Ez = torch.einsum("kd,nd->nk", gain, A)
    second = len(A) * (torch.eye(k, dtype=W.dtype) - gain @ W) + Ez.T @ Ez
    new = A.T @ Ez @ torch.linalg.inv(second)
    noise = [((A[:, j] ** 2).sum() - new[j] @ (Ez.T @ A[:, j])) / len(A) for j in range(len(psi))]
    return new, torch.stack(noise)
