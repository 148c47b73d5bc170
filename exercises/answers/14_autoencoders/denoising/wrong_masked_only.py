"""Salt and pepper taken for masking."""
# fails: exhaustive_least_squares

plain = linear_denoiser


def linear_denoiser(X, kind, strength):
    return plain(X, "masking" if kind == "salt and pepper" else kind, strength)
