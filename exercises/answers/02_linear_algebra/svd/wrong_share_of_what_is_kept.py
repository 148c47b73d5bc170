"""Shares of the kept variance, which add up to 1 whatever is lost."""
# fails: shares_of_the_total_variance

whole = pca


def pca(X, k):
    mean, components, variances, _ = whole(X, k)
    return mean, components, variances, variances / variances.sum()
