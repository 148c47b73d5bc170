"""Inside or outside the unit circle, and nothing else."""
# fails: circles_of_any_radius


def radial_features(X):
    return (X.square().sum(dim=1, keepdim=True) > 1.0001).to(X.dtype)
