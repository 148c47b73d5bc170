"""A fixed number of steps, and whatever comes out."""
# fails: no_convergence_is_reported, large_and_small_eigenvalues

whole = power_iteration


def power_iteration(A, v, tol=1e-10, max_steps=1000):
    if not v.any():
        raise ValueError
    for _ in range(max_steps):
        v = v / v.square().sum().sqrt()
        value, v = rayleigh_quotient(A, v), A @ v
    return value, v / v.square().sum().sqrt()
