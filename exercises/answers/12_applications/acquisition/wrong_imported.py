"""The answer imported from the library."""
# fails: all

from dlcore.applications import uncertainty_sampling


def margin_sampling(probabilities, labelled, k):
    return uncertainty_sampling(probabilities, k)


def k_center(X, labelled, k):
    return uncertainty_sampling(X, k)
