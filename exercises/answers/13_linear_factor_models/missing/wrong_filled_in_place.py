"""The gaps of the argument are filled."""
# fails: gaps_stay_in_the_argument

plain_impute = impute


def impute(X, W, sigma2, mu):
    X.copy_(plain_impute(X, W, sigma2, mu))
    return X
