"""The logarithm of a determinant that may be 0."""
# fails: hundreds_of_features


def ppca_log_likelihood(X, W, sigma2, mu):
    d = X.shape[1]
    C = W @ W.T + sigma2 * torch.eye(d, dtype=X.dtype)
    squares = ((X - mu) * torch.linalg.solve(C, (X - mu).T).T).sum()
    return -(len(X) * (d * math.log(2 * math.pi) + torch.det(C).log()) + squares) / 2
