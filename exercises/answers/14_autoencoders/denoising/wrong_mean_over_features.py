"""The mean over features, too."""
# fails: loss_with_nothing_left, loss_to_the_clean_example


def denoising_loss(reconstruct, X, kind, strength, generator):
    return ((reconstruct(corrupt(X, kind, strength, generator)) - X) ** 2).mean().item()
