"""The test of two dimensions: the determinant, then the first entry."""
# fails: signs_of_eigenvalues, tops_and_bottoms, degenerate_points, regular_points


def critical_point(f, x, tol=1e-6):
    x = x.clone().requires_grad_()
    (g,) = torch.autograd.grad(f(x), x)
    if g.norm() > tol:
        return "regular", None
    H = torch.autograd.functional.hessian(f, x)
    determinant, down = torch.linalg.det(H), int((torch.linalg.eigvalsh(H) < -tol).sum())
    if abs(determinant) <= tol:
        return "degenerate", down
    if determinant < 0:
        return "saddle", down
    return "minimum" if H[0, 0] > 0 else "maximum", down
