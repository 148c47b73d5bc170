"""y always sees the new x."""
# fails: single_steps, simultaneous_spirals

def simulate(x, y, rate, steps, kind):
    path = [(x, y)]
    for _ in range(steps):
        if kind == "extragradient":
            x, y = x - rate * (y + rate * x), y + rate * (x - rate * y)
        else:
            x = x - rate * y
            y = y + rate * x
        path.append((x, y))
    return torch.tensor(path, dtype=torch.float64)
