"""d in place of d - k for the noise in the determinant."""
# fails: likelihood_of_a_gaussian, hundreds_of_features

plain_likelihood = ppca_log_likelihood


def ppca_log_likelihood(X, W, sigma2, mu):
    return plain_likelihood(X, W, sigma2, mu) - len(X) * W.shape[1] * math.log(sigma2) / 2
