"""The sum of absolute coordinates, whose level lines are diamonds."""
# fails: circles_of_any_radius, spheres_in_space


def radial_features(X):
    return X.abs().sum(dim=1, keepdim=True)
