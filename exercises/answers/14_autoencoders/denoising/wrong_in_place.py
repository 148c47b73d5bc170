"""The examples themselves are overwritten."""
# fails: loss_with_nothing_left, kinds_and_generators, loss_to_the_clean_example

plain = corrupt


def corrupt(X, kind, strength, generator):
    noisy = plain(X, kind, strength, generator)
    return X.copy_(noisy) if kind == "masking" else noisy
