"""Cut off at the number of draws."""
# fails: sums_of_pairs, worth_of_long_chains

free_size = effective_size


def effective_size(x):
    return min(float(free_size(x)), float(len(x)))
