"""A permutation."""
# fails: share_of_unique_indices


def bootstrap(n, generator):
    return torch.randperm(n, generator=generator)
