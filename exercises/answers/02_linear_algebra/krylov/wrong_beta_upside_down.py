"""Old over new instead of new over old."""
# fails: two_unknowns, well_conditioned_system, as_many_steps_as_distinct_eigenvalues, one_product_a_step, tolerance_is_relative, just_enough_steps, dtype_and_inputs_kept


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
        x, r = x + rr / (p @ Ap) * p, r - rr / (p @ Ap) * Ap
        rr, before = r @ r, rr
        p = r + before / rr * p
    raise RuntimeError
