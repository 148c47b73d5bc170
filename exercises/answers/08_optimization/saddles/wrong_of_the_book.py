"""Minimum and saddle exchanged, as the source of this chapter has them."""
# fails: two_wells, signs_of_eigenvalues, tops_and_bottoms, degenerate_points, regular_points


def critical_point(f, x, tol=1e-6):
    x = x.clone().requires_grad_()
    (g,) = torch.autograd.grad(f(x), x)
    if g.norm() > tol:
        return "regular", None
    values = torch.linalg.eigvalsh(torch.autograd.functional.hessian(f, x))
    down, up = int((values < -tol).sum()), int((values > tol).sum())
    if down and up:
        return "minimum", down
    if down + up < len(x):
        return "degenerate", down
    return "maximum" if down else "saddle", down
