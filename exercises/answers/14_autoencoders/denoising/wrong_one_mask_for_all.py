"""One mask for the whole batch."""
# fails: masks_of_their_own, loss_to_the_clean_example

plain = corrupt


def corrupt(X, kind, strength, generator):
    if kind != "masking":
        return plain(X, kind, strength, generator)
    kept = torch.rand(X.shape[1], generator=generator) >= strength
    return X * kept
