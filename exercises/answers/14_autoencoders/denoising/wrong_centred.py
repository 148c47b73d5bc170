"""Covariances instead of moments around 0."""
# fails: gaussian_least_squares, exhaustive_least_squares

plain = linear_denoiser


def linear_denoiser(X, kind, strength):
    return plain(X - X.mean(dim=0), kind, strength)
