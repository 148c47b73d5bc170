"""Gradient and Hessian by torch.func; the run first, the search for the step afterwards."""


def critical_point(f, x, tol=1e-6):
    if torch.linalg.vector_norm(torch.func.grad(f)(x)) > tol:
        return "regular", None
    values = torch.linalg.eigvalsh(torch.func.jacrev(torch.func.grad(f))(x))
    down = (values < -tol).sum().item()
    if values.max() > tol:
        return ("saddle" if down else "minimum" if values.min() > tol else "degenerate"), down
    return ("maximum" if values.max() < -tol else "degenerate"), down
