"""Directions of the raw data, which point at the mean."""
# fails: points_on_a_line, components_are_eigenvectors_of_the_covariance, variances_along_the_components, shares_of_the_total_variance, more_features_than_points


def pca(X, k):
    _, sigma, Vt = torch.linalg.svd(X, full_matrices=False)
    variances = sigma.square() / (len(X) - 1)
    return X.mean(dim=0), Vt[:k], variances[:k], variances[:k] / variances.sum()
