"""Squares the argument."""
# fails: one_row_alone


def radial_features(X):
    return X.pow_(2).sum(dim=1, keepdim=True)
