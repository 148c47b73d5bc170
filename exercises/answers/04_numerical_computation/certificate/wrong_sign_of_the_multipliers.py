"""The gradient of f without its minus."""
# fails: multipliers_of_the_triangle, multipliers_by_least_squares, active_constraints, every_constraint_active


def multipliers(slope, g, jacobian, tol=1e-8):
    active = g >= -tol
    lam = torch.zeros_like(g)
    if active.any():
        lam[active] = torch.linalg.lstsq(jacobian[active].T, slope[:, None]).solution[:, 0]
    return lam
