"""The inverse of the Gram matrix."""
# fails: dependent_columns


def least_squares(X, y):
    A = torch.cat([X, torch.ones_like(y)[:, None]], dim=1)
    theta = torch.linalg.inv(A.T @ A) @ A.T @ y
    return theta[:-1], theta[-1]
