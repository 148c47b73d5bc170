"""The Hessian classified anywhere."""
# fails: two_wells, regular_points


def critical_point(f, x, tol=1e-6):
    values = torch.linalg.eigvalsh(torch.autograd.functional.hessian(f, x))
    down, up = int((values < -tol).sum()), int((values > tol).sum())
    if down and up:
        return "saddle", down
    if down + up < len(x):
        return "degenerate", down
    return "maximum" if down else "minimum", down
