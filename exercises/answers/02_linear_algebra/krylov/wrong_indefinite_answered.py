"""Goes on along directions of negative curvature."""
# fails: indefinite_matrix_is_refused


def conjugate_gradient(matvec, b, tol=1e-10, max_steps=100):
    x, r, p = torch.zeros_like(b), b, b
    rr = r @ r
    enough = tol**2 * rr
    for step in range(max_steps + 1):
        if rr <= enough:
            return x, step
        if step == max_steps:
            break
        Ap = matvec(p)
        x, r = x + rr / (p @ Ap) * p, r - rr / (p @ Ap) * Ap
        rr, before = r @ r, rr
        p = r + rr / before * p
    raise RuntimeError
