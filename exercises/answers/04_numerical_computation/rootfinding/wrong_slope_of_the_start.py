"""The derivative at the start used in every step."""
# fails: cubic_by_newton, quadratic_convergence


def newton(f, derivative, x0, tol=1e-12, max_steps=50):
    iterates, slope = [x0], derivative(x0)
    if slope == 0:
        raise RuntimeError
    for _ in range(max_steps):
        iterates.append(iterates[-1] - f(iterates[-1]) / slope)
        if abs(iterates[-1] - iterates[-2]) <= tol:
            return iterates
    raise RuntimeError
