"""The columns of U are directions in the space of the examples, not of the features."""
# fails: points_on_a_line, components_are_eigenvectors_of_the_covariance


def pca(X, k):
    U, sigma, _ = torch.linalg.svd(X - X.mean(dim=0), full_matrices=False)
    variances = sigma.square() / (len(X) - 1)
    return X.mean(dim=0), U.T[:k], variances[:k], variances[:k] / variances.sum()
