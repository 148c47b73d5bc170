"""The quadratic term without its half."""
# fails: two_points_by_hand, exclusive_or


def dual_objective(K, y, alpha):
    return alpha.sum() - (alpha * y) @ K @ (alpha * y)
