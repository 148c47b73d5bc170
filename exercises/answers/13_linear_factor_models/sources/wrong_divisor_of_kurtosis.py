"""Standardised with the divisor N - 1."""
# fails: kurtosis_by_hand, kurtosis_in_closed_form


def excess_kurtosis(X):
    return (((X - X.mean(dim=0)) / X.std(dim=0)) ** 4).mean(dim=0) - 3
