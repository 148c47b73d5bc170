"""A while loop, the rate through the condition number, signs of the eigenvalues counted."""


def gradient_descent(slope, x0, lr, tol=1e-6, max_steps=10_000):
    points, x, g = [x0.clone()], x0, slope(x0)
    while torch.linalg.vector_norm(g) > tol and len(points) <= max_steps:
        x = x - lr * g
        points.append(x)
        g = slope(x)
    return torch.stack(points), bool(torch.linalg.vector_norm(g) <= tol)


def best_rate(H):
    values = torch.linalg.eigh(H).eigenvalues.tolist()
    if min(values) <= 0:
        raise ValueError("not positive definite")
    kappa = max(values) / min(values)
    return 2 / (min(values) * (1 + kappa)), 1 - 2 / (kappa + 1)


def classify(H, tol=1e-8):
    values = torch.linalg.eigvalsh(H).tolist()
    size = max(abs(v) for v in values)
    signs = {0 if abs(v) <= tol * size else (1 if v > 0 else -1) for v in values}
    if {1, -1} <= signs:
        return "saddle"
    if 0 in signs:
        return "inconclusive"
    return "minimum" if signs == {1} else "maximum"
