"""The length of Av has no sign, so nothing converges to a negative eigenvalue."""
# fails: negative_eigenvalue, deflation_with_signs


def power_iteration(A, v, tol=1e-10, max_steps=1000):
    if not v.any():
        raise ValueError
    for _ in range(max_steps):
        v = v / v.square().sum().sqrt()
        w = A @ v
        value = w.square().sum().sqrt()
        if (w - value * v).square().sum().sqrt() <= tol * value:
            return value, v
        v = w
    raise RuntimeError
