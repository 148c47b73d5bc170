"""One mean for all columns."""
# fails: kurtosis_by_hand, kurtosis_in_closed_form


def excess_kurtosis(X):
    A = X - X.mean()
    return (A**4).mean(dim=0) / (A**2).mean(dim=0) ** 2 - 3
