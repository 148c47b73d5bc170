"""Negative multipliers set to 0, which hides that the point is no optimum."""
# fails: multipliers_by_least_squares, every_constraint_active


def multipliers(slope, g, jacobian, tol=1e-8):
    active = g >= -tol
    lam = torch.zeros_like(g)
    if active.any():
        lam[active] = torch.linalg.lstsq(jacobian[active].T, -slope[:, None]).solution[:, 0].clamp(min=0)
    return lam
