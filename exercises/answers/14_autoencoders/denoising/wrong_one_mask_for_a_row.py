"""A row is masked, or spiced, as a whole."""
# fails: masks_of_their_own, both_salt_and_pepper

plain = corrupt


def corrupt(X, kind, strength, generator):
    if kind not in ("masking", "salt and pepper"):
        return plain(X, kind, strength, generator)
    u = torch.rand(len(X), 1, generator=generator, dtype=X.dtype)
    put = (u < strength / 2).to(X.dtype) if kind == "salt and pepper" else 0 * u
    return torch.where(u < strength, put, X)
