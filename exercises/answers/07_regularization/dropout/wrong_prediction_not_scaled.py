"""The fit to X w in the place of its mean q X w."""
# fails: regression_with_dropped_inputs


def dropout_ridge(X, y, p):
    penalty = (1 - p) * p * torch.diag(X.square().sum(dim=0))
    return torch.linalg.solve(X.T @ X + penalty, X.T @ y)
