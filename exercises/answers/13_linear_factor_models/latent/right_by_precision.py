"""Blocks of the precision matrix, right singular vectors, and the longer form of the posterior."""


def gaussian_conditional(mean, cov, index, value):
    P = torch.linalg.inv(cov)
    rest = torch.tensor(sorted(set(range(mean.shape[0])) - set(index)))
    block = torch.linalg.inv(P[rest][:, rest])
    return mean[rest] - block @ (P[rest][:, index] @ (value - mean[index])), block


def pca(X, k):
    mu = X.mean(0, keepdim=True)
    U, s, Vh = torch.linalg.svd(X - mu, full_matrices=False)
    return U[:, :k] * s[:k], (U[:, :k] * s[:k]) @ Vh[:k] + mu


def ppca_mean(X, W, sigma2, mu):
    C = torch.einsum("ik,jk->ij", W, W)
    C.diagonal().add_(sigma2)
    return torch.linalg.solve(C, (X - mu).T).T @ W
