"""The columns of V transposed."""
# fails: components_are_eigenvectors_of_the_covariance, more_features_than_points


def pca(X, k):
    _, sigma, Vt = torch.linalg.svd(X - X.mean(dim=0), full_matrices=False)
    variances = sigma.square() / (len(X) - 1)
    return X.mean(dim=0), Vt.T[:k], variances[:k], variances[:k] / variances.sum()
