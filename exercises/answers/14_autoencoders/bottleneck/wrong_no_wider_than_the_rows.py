"""The thin factorisation has no more directions than rows."""
# fails: fewer_rows_than_columns


def linear_autoencoder(X, k):
    mean = X.mean(dim=0)
    U = torch.linalg.svd(X - mean, full_matrices=False)[2][:k]
    return U, -U @ mean, U.T, mean
