"""The square of R-hat."""
# fails: two_chains_by_hand, between_and_within, halves_of_chains

with_root = rhat


def rhat(x):
    return with_root(x) ** 2
