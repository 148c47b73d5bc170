"""Sums for means."""
# fails: loss_of_the_example, means_of_the_classes, losses_of_distances


def prototypes(Z, labels):
    return nn.functional.one_hot(labels).to(Z.dtype).T @ Z
