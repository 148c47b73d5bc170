"""Eigenvalues that are zero counted as positive."""
# fails: degenerate_points, regular_points


def critical_point(f, x, tol=1e-6):
    x = x.clone().requires_grad_()
    (g,) = torch.autograd.grad(f(x), x)
    if g.norm() > tol:
        return "regular", None
    values = torch.linalg.eigvalsh(torch.autograd.functional.hessian(f, x))
    down = int((values < -tol).sum())
    return "minimum" if down == 0 else "maximum" if down == len(x) else "saddle", down
