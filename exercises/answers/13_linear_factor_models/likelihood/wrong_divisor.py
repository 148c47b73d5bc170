"""The divisor N - 1."""
# fails: four_eigenvalues, covariance_of_the_maximum, none_and_nearly_all

plain_fit = ppca_fit


def ppca_fit(X, k):
    W, sigma2, mu = plain_fit(X, k)
    N = len(X)
    return W * (N / (N - 1)) ** 0.5, sigma2 * N / (N - 1), mu
