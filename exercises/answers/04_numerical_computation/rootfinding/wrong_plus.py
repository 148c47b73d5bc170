"""x + f/f'."""
# fails: cubic_by_newton, quadratic_convergence, when_newton_stops


def newton(f, derivative, x0, tol=1e-12, max_steps=50):
    iterates = [x0]
    for _ in range(max_steps):
        slope = derivative(iterates[-1])
        if slope == 0:
            raise RuntimeError
        iterates.append(iterates[-1] + f(iterates[-1]) / slope)
        if abs(iterates[-1] - iterates[-2]) <= tol:
            return iterates
    raise RuntimeError
