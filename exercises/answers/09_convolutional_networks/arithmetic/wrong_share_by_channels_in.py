"""One over the channels in."""
# fails: share_of_the_weights


def separable_share(c_in, c_out, k):
    return 1 / c_in + 1 / k**2
