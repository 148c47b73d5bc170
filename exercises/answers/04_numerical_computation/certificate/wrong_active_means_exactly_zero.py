"""Active only where the constraint is exactly 0."""
# fails: multipliers_by_least_squares, active_constraints


def multipliers(slope, g, jacobian, tol=1e-8):
    active = g == 0
    lam = torch.zeros_like(g)
    if active.any():
        lam[active] = torch.linalg.lstsq(jacobian[active].T, -slope[:, None]).solution[:, 0]
    return lam
