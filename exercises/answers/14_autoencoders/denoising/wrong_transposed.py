"""The matrix for the other side."""
# fails: exhaustive_least_squares

plain = linear_denoiser


def linear_denoiser(X, kind, strength):
    return plain(X, kind, strength).T
