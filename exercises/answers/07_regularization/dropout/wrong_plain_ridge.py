"""Ridge: all weights charged alike."""
# fails: regression_with_dropped_inputs


def dropout_ridge(X, y, p):
    q = 1 - p
    return torch.linalg.solve(q * q * X.T @ X + q * p * torch.eye(X.shape[1], dtype=X.dtype), q * X.T @ y)
