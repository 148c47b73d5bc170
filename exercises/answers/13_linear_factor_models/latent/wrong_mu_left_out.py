"""The mean isn't subtracted."""
# fails: means_by_joint_gaussian, limit_and_rotation


def ppca_mean(X, W, sigma2, mu):
    M = W.T @ W + sigma2 * torch.eye(W.shape[1], dtype=W.dtype)
    return torch.linalg.solve(M, W.T @ X.T).T
