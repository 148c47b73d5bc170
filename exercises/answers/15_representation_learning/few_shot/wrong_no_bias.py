"""Weights without a bias."""
# fails: linear_classifiers


def linear_form(P):
    return 2 * P, 0 * P[:, 0]
