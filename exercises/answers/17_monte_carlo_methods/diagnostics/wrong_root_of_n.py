"""The standard error of independent draws."""
# fails: worth_of_long_chains


def mean_error(x):
    return x.std() / len(x) ** 0.5
