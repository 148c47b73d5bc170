"""Chains in the columns."""
# fails: two_chains_by_hand, between_and_within, halves_of_chains, chains_that_stand

in_rows = rhat


def rhat(x):
    return in_rows(x.T)
