"""Without the constant 2 pi."""
# fails: density_by_hand, likelihood_of_a_gaussian, hundreds_of_features

plain_likelihood = ppca_log_likelihood


def ppca_log_likelihood(X, W, sigma2, mu):
    return plain_likelihood(X, W, sigma2, mu) + X.numel() * math.log(2 * math.pi) / 2
