"""What remains is scaled up."""
# fails: masks_of_their_own, loss_to_the_clean_example

plain = corrupt


def corrupt(X, kind, strength, generator):
    noisy = plain(X, kind, strength, generator)
    return noisy / (1 - strength) if kind == "masking" and strength < 1 else noisy
