"""Least squares on the observed entries, without the noise."""
# fails: one_gap_by_hand, gaps_by_the_covariance

plain_impute = impute


def impute(X, W, sigma2, mu):
    return plain_impute(X, W, 1e-9, mu)
