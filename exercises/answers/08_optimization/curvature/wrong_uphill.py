"""The step without its minus."""
# fails: quadratic_in_one_step, damped_step


def newton_step(gradient, hessian, damping=0.0):
    return torch.linalg.solve(hessian + damping * torch.eye(len(gradient), dtype=gradient.dtype), gradient)


def newton(slope, hessian, x0, damping=0.0, tol=1e-8, max_steps=50):
    x = x0
    for steps in range(max_steps + 1):
        g = slope(x)
        if g.norm() <= tol:
            return x, steps
        x = x - newton_step(g, hessian(x), damping)
    raise RuntimeError("no convergence")
