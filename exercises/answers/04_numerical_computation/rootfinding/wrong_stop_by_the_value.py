"""Stops when the value of f is small."""
# fails: when_newton_stops


def newton(f, derivative, x0, tol=1e-12, max_steps=50):
    iterates = [x0]
    for _ in range(max_steps):
        slope = derivative(iterates[-1])
        if slope == 0:
            raise RuntimeError
        iterates.append(iterates[-1] - f(iterates[-1]) / slope)
        if abs(f(iterates[-1])) <= tol:
            return iterates
    raise RuntimeError
