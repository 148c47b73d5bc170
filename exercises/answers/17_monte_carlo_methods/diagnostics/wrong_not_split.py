"""Not split."""
# fails: two_chains_by_hand, halves_of_chains


def split_rhat(x):
    return rhat(x)
