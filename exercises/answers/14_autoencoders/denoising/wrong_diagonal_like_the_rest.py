"""The entries of the diagonal are masked as if twice, independently."""
# fails: exhaustive_least_squares

plain = linear_denoiser


def linear_denoiser(X, kind, strength):
    if kind == "gaussian":
        return plain(X, kind, strength)
    q, S = 1 - strength, X.T @ X / len(X)
    return q * S @ torch.linalg.pinv(q * q * S)
