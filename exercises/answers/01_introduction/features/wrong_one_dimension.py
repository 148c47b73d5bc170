"""A vector instead of a column."""
# fails: shape_and_equal_radius, one_row_alone


def radial_features(X):
    r = X.square().sum(dim=1, keepdim=True)
    return r.squeeze()
