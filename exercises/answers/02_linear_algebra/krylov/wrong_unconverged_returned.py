"""Returns what it has after the last step."""
# fails: too_few_steps


def conjugate_gradient(matvec, b, tol=1e-10, max_steps=100):
    x, r, p = torch.zeros_like(b), b, b
    rr = r @ r
    enough = tol**2 * rr
    for step in range(max_steps):
        if rr <= enough:
            return x, step
        Ap = matvec(p)
        if p @ Ap <= 0:
            raise ValueError
        x, r = x + rr / (p @ Ap) * p, r - rr / (p @ Ap) * Ap
        rr, before = r @ r, rr
        p = r + rr / before * p
    return x, max_steps
