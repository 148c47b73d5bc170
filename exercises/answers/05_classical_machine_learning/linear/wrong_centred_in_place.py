"""The caller's columns are centred."""
# fails: dtype_and_inputs_kept


def ridge(X, y, lam):
    mean = X.mean(dim=0)
    X -= mean
    w = torch.linalg.solve(X.T @ X + lam * torch.eye(X.shape[1], dtype=X.dtype), X.T @ y)
    return w, y.mean() - mean @ w
