"""Shifted by the mean of the rows, so that a row alone has the feature 0."""
# fails: shape_and_equal_radius, circles_of_any_radius, spheres_in_space, one_row_alone


def radial_features(X):
    return (X - X.mean(dim=0)).square().sum(dim=1, keepdim=True)
