"""Charged by p, without the probability of keeping."""
# fails: regression_with_dropped_inputs


def dropout_ridge(X, y, p):
    q = 1 - p
    return torch.linalg.solve(q * q * X.T @ X + p * torch.diag(X.square().sum(dim=0)), q * X.T @ y)
