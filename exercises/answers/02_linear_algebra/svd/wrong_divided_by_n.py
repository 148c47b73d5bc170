"""N instead of N - 1."""
# fails: points_on_a_line, variances_along_the_components, more_features_than_points

whole = pca


def pca(X, k):
    mean, components, variances, ratios = whole(X, k)
    return mean, components, variances * (len(X) - 1) / len(X), ratios
