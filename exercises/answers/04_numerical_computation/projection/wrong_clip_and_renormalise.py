"""Negative entries clipped, the rest divided by its sum."""
# fails: simplex_by_hand, simplices, points_below_the_simplex


def project_simplex(y):
    p = y.clamp(min=0)
    return p / p.sum()
