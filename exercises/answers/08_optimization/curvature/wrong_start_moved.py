"""The start moved in place."""
# fails: inputs_kept


def newton(slope, hessian, x0, damping=0.0, tol=1e-8, max_steps=50):
    for steps in range(max_steps + 1):
        g = slope(x0)
        if g.norm() <= tol:
            return x0.clone(), steps
        x0 += newton_step(g, hessian(x0), damping)
    raise RuntimeError("no convergence")
