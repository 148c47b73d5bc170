"""Eigenvectors of the covariance, in another basis of the code; angles by projections; sizes by sums."""


def linear_autoencoder(X, k):
    mean = X.mean(0)
    C = (X - mean).T @ (X - mean)
    U = torch.linalg.eigh(C).eigenvectors.flip(1)[:, :k]
    M = 2 * torch.eye(k, dtype=X.dtype) + torch.ones(k, k, dtype=X.dtype)
    W_e = M @ U.T
    W_d = U @ torch.linalg.inv(M)
    return W_e, -W_e @ mean + 1, W_d, mean - W_d.sum(1)


def largest_angle(A, B):
    P, Q = A @ torch.linalg.pinv(A), torch.linalg.qr(B).Q
    away = torch.linalg.svdvals(Q - P @ Q).max().item()
    near = torch.linalg.svdvals(P @ Q)[B.shape[1] - 1].item()
    return math.atan2(away, near)


def code_size(X, share):
    values = torch.linalg.eigvalsh(torch.cov(X.T))
    lost = values.clamp(min=0).cumsum(0) / values.sum()
    return X.shape[1] - int((lost <= share).sum())
