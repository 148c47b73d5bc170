"""Only the first two coordinates count."""
# fails: spheres_in_space


def radial_features(X):
    return X[:, :2].square().sum(dim=1, keepdim=True)
