"""The exact posterior in closed form: nothing was fitted."""
# fails: fit_by_batches

def fit(X, y, full, batch, generator):
    precision = X.T @ X + torch.eye(X.shape[1], dtype=X.dtype)
    L = torch.linalg.cholesky(torch.linalg.inv(precision)) if full else torch.diag(precision.diagonal() ** -0.5)
    return torch.linalg.solve(precision, X.T @ y), L
