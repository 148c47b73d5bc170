"""Zero divided by zero, a thousand times."""
# fails: zero_start_is_refused


def power_iteration(A, v, tol=1e-10, max_steps=1000):
    for _ in range(max_steps):
        v = v / v.square().sum().sqrt()
        w = A @ v
        value = v @ w
        if (w - value * v).square().sum().sqrt() <= tol * value.abs():
            return value, v
        v = w
    raise RuntimeError
