"""The last point returned, arrived or not."""
# fails: stopping


def newton(slope, hessian, x0, damping=0.0, tol=1e-8, max_steps=50):
    x = x0
    for steps in range(max_steps + 1):
        g = slope(x)
        if g.norm() <= tol or steps == max_steps:
            return x, steps
        x = x + newton_step(g, hessian(x), damping)
