"""The points are centred in place."""
# fails: dimension_by_neighbours

of_points = intrinsic_dimension


def intrinsic_dimension(X):
    X -= X.mean(dim=0)
    return of_points(X)
