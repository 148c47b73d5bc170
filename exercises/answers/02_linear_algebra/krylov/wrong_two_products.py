"""The residual is computed afresh, by a second product."""
# fails: one_product_a_step, too_few_steps


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
        if p @ Ap <= 0:
            raise ValueError
        x = x + rr / (p @ Ap) * p
        r = b - matvec(x)
        rr, before = r @ r, rr
        p = r + rr / before * p
    raise RuntimeError
