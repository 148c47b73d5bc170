"""The reconstruction is compared with what went in."""
# fails: loss_with_nothing_left, loss_to_the_clean_example


def denoising_loss(reconstruct, X, kind, strength, generator):
    noisy = corrupt(X, kind, strength, generator)
    return ((reconstruct(noisy) - noisy) ** 2).sum(dim=1).mean().item()
