"""The mean class size for each class."""
# fails: means_of_the_classes, losses_of_distances


def prototypes(Z, labels):
    sums = nn.functional.one_hot(labels).to(Z.dtype).T @ Z
    return sums / (len(Z) / len(sums))
