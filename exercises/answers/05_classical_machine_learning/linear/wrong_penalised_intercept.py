"""The penalty on every entry, also on that of the ones."""
# fails: ridge_by_hand, ridge_is_stationary, shifted_targets


def ridge(X, y, lam):
    A = torch.cat([X, torch.ones_like(y)[:, None]], dim=1)
    theta = torch.linalg.solve(A.T @ A + lam * torch.eye(A.shape[1], dtype=X.dtype), A.T @ y)
    return theta[:-1], theta[-1]
