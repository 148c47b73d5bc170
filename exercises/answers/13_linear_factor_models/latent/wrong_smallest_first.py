"""The eigenvalues from the smallest on."""
# fails: principal_coordinates


def pca(X, k):
    mu = X.mean(dim=0)
    U = torch.linalg.eigh((X - mu).T @ (X - mu)).eigenvectors[:, :k]
    return (X - mu) @ U, mu + (X - mu) @ U @ U.T
