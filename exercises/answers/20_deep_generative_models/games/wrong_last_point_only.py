"""The start is not in the path."""
# fails: single_steps, simultaneous_spirals, alternating_orbits, extragradient_arrives

def simulate(x, y, rate, steps, kind):
    path = []
    for _ in range(steps):
        ahead = (x - rate * y, y + rate * x)
        if kind == "alternating":
            ahead = (ahead[0], y + rate * ahead[0])
        elif kind == "extragradient":
            ahead = (x - rate * ahead[1], y + rate * ahead[0])
        x, y = ahead
        path.append(ahead)
    return torch.tensor(path, dtype=torch.float64)
