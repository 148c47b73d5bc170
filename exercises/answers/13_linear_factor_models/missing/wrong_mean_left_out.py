"""The reconstruction stays centred."""
# fails: gaps_by_the_covariance, row_of_gaps

plain_impute = impute


def impute(X, W, mu, sigma2):
    return torch.where(X.isnan(), plain_impute(X, W, mu, sigma2) - mu, X)
