"""One number a row."""
# fails: moments_of_gaussian_noise

plain = corrupt


def corrupt(X, kind, strength, generator):
    if kind != "gaussian":
        return plain(X, kind, strength, generator)
    row = torch.randn(len(X), 1, generator=generator, dtype=X.dtype)
    return X + strength * row
