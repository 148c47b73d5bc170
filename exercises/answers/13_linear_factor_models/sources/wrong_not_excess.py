"""The three isn't taken off."""
# fails: kurtosis_by_hand, kurtosis_in_closed_form

plain_kurtosis = excess_kurtosis


def excess_kurtosis(X):
    return plain_kurtosis(X) + 3
