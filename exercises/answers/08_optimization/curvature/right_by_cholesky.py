"""Solved by factors, the update multiplied out, the recursion by indices."""


def newton_step(gradient, hessian, damping=0.0):
    damped = hessian.clone()
    damped.diagonal().add_(damping)
    LU, pivots = torch.linalg.lu_factor(damped)
    return torch.linalg.lu_solve(LU, pivots, -gradient[:, None])[:, 0]


def newton(slope, hessian, x0, damping=0.0, tol=1e-8, max_steps=50):
    x, steps, g = x0.clone(), 0, slope(x0)
    while math.sqrt(g.square().sum().item()) > tol:
        if steps == max_steps:
            raise RuntimeError("no convergence")
        x = x + newton_step(g, hessian(x), damping)
        g, steps = slope(x), steps + 1
    return x, steps


def bfgs_update(H, s, y):
    ys = (y * s).sum()
    if not ys > 0:
        return H
    Hy = H @ y
    return H + (1 + y @ Hy / ys) * torch.outer(s, s) / ys - (torch.outer(Hy, s) + torch.outer(s, Hy)) / ys


def two_loop(gradient, pairs):
    m, q = len(pairs), gradient
    a = [0.0] * m
    for i in range(m - 1, -1, -1):
        s, y = pairs[i]
        a[i] = (s @ q) / (s @ y)
        q = q - a[i] * y
    r = q * ((pairs[-1][0] @ pairs[-1][1]) / (pairs[-1][1] @ pairs[-1][1])) if m else q.clone()
    for i in range(m):
        s, y = pairs[i]
        r = r + s * (a[i] - (y @ r) / (s @ y))
    return r
