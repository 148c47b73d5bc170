"""The approximation z sigmoid(1.702 z), off by up to 0.02."""
# fails: values_by_hand, gelu_matches_torch


def gelu(z):
    return z * sigmoid(1.702 * z)
