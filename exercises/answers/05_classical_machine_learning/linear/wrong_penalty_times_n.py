"""The penalty of a mean used with a sum."""
# fails: ridge_by_hand, ridge_is_stationary


def ridge(X, y, lam):
    A = X - X.mean(dim=0)
    w = torch.linalg.solve(A.T @ A + len(y) * lam * torch.eye(X.shape[1], dtype=X.dtype), A.T @ y)
    return w, y.mean() - X.mean(dim=0) @ w
