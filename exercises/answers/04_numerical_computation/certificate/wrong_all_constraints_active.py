"""Multipliers for inactive constraints too."""
# fails: multipliers_of_the_triangle, multipliers_by_least_squares, active_constraints


def multipliers(slope, g, jacobian, tol=1e-8):
    return torch.linalg.lstsq(jacobian.T, -slope[:, None], driver="gelsd").solution[:, 0]
