"""The strength is taken for the share that is kept."""
# fails: loss_with_nothing_left, masks_of_their_own

plain = corrupt


def corrupt(X, kind, strength, generator):
    return plain(X, kind, 1 - strength if kind == "masking" else strength, generator)
