"""Gradients by name, deviations by unit vectors, distances by hand."""

def simulate(x, y, rate, steps, kind):
    path = torch.empty(steps + 1, 2, dtype=torch.float64)
    path[0] = torch.tensor([x, y], dtype=torch.float64)
    for n in range(steps):
        a, b = path[n].tolist()
        if kind == "simultaneous":
            new = [a - rate * b, b + rate * a]
        elif kind == "alternating":
            new = [a - rate * b, b + rate * (a - rate * b)]
        else:
            new = [a - rate * (b + rate * a), b + rate * (a - rate * b)]
        path[n + 1] = torch.tensor(new, dtype=torch.float64)
    return path


def is_nash(A, p, q, tol):
    value = float(p @ A @ q)
    rows = all(float(A[i] @ q) >= value - tol for i in range(len(p)))
    return rows and all(float(p @ A[:, j]) <= value + tol for j in range(len(q)))


def mode_coverage(samples, centres, radius):
    hit, good = set(), 0
    for row in samples:
        distance = (row - centres).norm(dim=1)
        nearest = int(distance.argmin())
        if distance[nearest] <= radius:
            hit.add(nearest)
            good += 1
    return len(hit), good / len(samples)
