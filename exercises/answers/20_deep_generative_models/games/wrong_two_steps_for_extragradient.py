"""The second half starts from the point ahead."""
# fails: single_steps, extragradient_arrives

def simulate(x, y, rate, steps, kind):
    path = [(x, y)]
    for _ in range(steps):
        ahead = (x - rate * y, y + rate * x)
        if kind == "alternating":
            ahead = (ahead[0], y + rate * ahead[0])
        elif kind == "extragradient":
            ahead = (ahead[0] - rate * ahead[1], ahead[1] + rate * ahead[0])
        x, y = ahead
        path.append(ahead)
    return torch.tensor(path, dtype=torch.float64)
