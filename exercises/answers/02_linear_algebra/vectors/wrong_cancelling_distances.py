"""The formula with squares and a product cancels."""
# fails: points_close_together


def pairwise_distances(X, Y):
    squares = X.square().sum(1)[:, None] + Y.square().sum(1) - 2 * X @ Y.T
    return squares.clamp(min=0).sqrt()
