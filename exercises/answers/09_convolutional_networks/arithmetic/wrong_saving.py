"""The share that is saved."""
# fails: share_of_the_weights


def separable_share(c_in, c_out, k):
    return 1 - 1 / c_out - 1 / k**2
