"""The majority errs when all err; without replacement."""
# fails: five_models, share_of_unique_indices, errors_of_the_majority


def majority_error(p, B):
    return p**B


def bootstrap(n, generator):
    return torch.randperm(n, generator=generator)
