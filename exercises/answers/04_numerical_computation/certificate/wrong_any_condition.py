"""True as soon as one condition holds."""
# fails: each_condition_decides, inputs_kept


def is_kkt(slope, g, jacobian, lam, tol=1e-8):
    return min(kkt_residuals(slope, g, jacobian, lam).values()) <= tol


def multipliers(slope, g, jacobian, tol=1e-8):
    active = g >= -tol
    lam = torch.zeros_like(g)
    if active.any():
        lam[active] = torch.linalg.lstsq(jacobian[active].T, -slope[:, None]).solution[:, 0]
    g += 1
    return lam
