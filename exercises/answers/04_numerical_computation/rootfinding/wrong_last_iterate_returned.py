"""Whatever came out, without a word about convergence."""
# fails: newton_gives_up


def newton(f, derivative, x0, tol=1e-12, max_steps=50):
    iterates = [x0]
    for _ in range(max_steps):
        iterates.append(iterates[-1] - f(iterates[-1]) / (derivative(iterates[-1]) or 1e-300))
        if abs(iterates[-1] - iterates[-2]) <= tol:
            break
    return iterates
