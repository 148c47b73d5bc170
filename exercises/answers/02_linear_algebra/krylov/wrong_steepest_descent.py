"""Beta is left out: steepest descent."""
# fails: two_unknowns, as_many_steps_as_distinct_eigenvalues, one_product_a_step, just_enough_steps, tolerance_is_relative


def conjugate_gradient(matvec, b, tol=1e-10, max_steps=100):
    x, r = torch.zeros_like(b), b
    for step in range(max_steps + 1):
        rr = r @ r
        if rr <= tol**2 * (b @ b):
            return x, step
        if step == max_steps:
            break
        Ar = matvec(r)
        if r @ Ar <= 0:
            raise ValueError
        x, r = x + rr / (r @ Ar) * r, r - rr / (r @ Ar) * Ar
    raise RuntimeError
