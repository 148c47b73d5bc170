"""Divided by the effective size itself."""
# fails: worth_of_long_chains


def mean_error(x):
    return x.std() / effective_size(x)
