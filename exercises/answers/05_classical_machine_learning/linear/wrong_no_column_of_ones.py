"""A line through the origin."""
# fails: intercept_away_from_zero


def least_squares(X, y):
    return torch.linalg.pinv(X) @ y, 0 * y.sum()
