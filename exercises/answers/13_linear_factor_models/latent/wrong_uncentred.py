"""The directions of the raw second moments."""
# fails: principal_coordinates


def pca(X, k):
    U = torch.linalg.eigh(X.T @ X).eigenvectors[:, -k:].flip(1)
    return X @ U, X @ U @ U.T
