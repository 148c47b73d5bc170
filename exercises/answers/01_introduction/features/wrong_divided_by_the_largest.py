"""Divided by the largest radius of the rows, which is another one in each call."""
# fails: circles_of_any_radius, spheres_in_space, one_row_alone


def radial_features(X):
    r = X.square().sum(dim=1, keepdim=True)
    return r / r.max()
