"""All that is replaced becomes 1."""
# fails: both_salt_and_pepper

plain = corrupt


def corrupt(X, kind, strength, generator):
    if kind != "salt and pepper":
        return plain(X, kind, strength, generator)
    hit = torch.rand(X.shape, generator=generator) < strength
    return torch.where(hit, 1.0, X)
