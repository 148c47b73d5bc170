"""One small entry of the gradient taken for all."""
# fails: two_wells, regular_points


def critical_point(f, x, tol=1e-6):
    x = x.clone().requires_grad_()
    (g,) = torch.autograd.grad(f(x), x)
    if g.abs().min() > tol:
        return "regular", None
    values = torch.linalg.eigvalsh(torch.autograd.functional.hessian(f, x))
    down, up = int((values < -tol).sum()), int((values > tol).sum())
    if down and up:
        return "saddle", down
    if down + up < len(x):
        return "degenerate", down
    return "maximum" if down else "minimum", down
