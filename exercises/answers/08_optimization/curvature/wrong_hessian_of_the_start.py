"""The Hessian computed once."""
# fails: newton_on_two_functions, inputs_kept


def newton(slope, hessian, x0, damping=0.0, tol=1e-8, max_steps=50):
    x, H = x0, hessian(x0)
    for steps in range(max_steps + 1):
        g = slope(x)
        if g.norm() <= tol:
            return x, steps
        x = x + newton_step(g, H, damping)
    raise RuntimeError("no convergence")
