"""The vector is normalised only at the end."""
# fails: large_and_small_eigenvalues


def power_iteration(A, v, tol=1e-10, max_steps=1000):
    if not v.any():
        raise ValueError
    for _ in range(max_steps):
        value = rayleigh_quotient(A, v)
        if (A @ v - value * v).square().sum().sqrt() <= tol * value.abs() * v.square().sum().sqrt():
            return value, v / v.square().sum().sqrt()
        v = A @ v
    raise RuntimeError
