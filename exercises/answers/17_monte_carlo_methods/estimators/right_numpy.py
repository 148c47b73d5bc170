"""NumPy, loops, and the line through the draws."""

import numpy as np


def estimate(values, level=0.95):
    v = values.numpy()
    mean = float(v.sum()) / len(v)
    error = math.sqrt(float(((v - mean) ** 2).sum()) / (len(v) - 1) / len(v))
    z = math.sqrt(2) * float(torch.erfinv(torch.tensor(level, dtype=torch.float64)))
    return mean, error, mean - z * error, mean + z * error


def control_variate(f, g, mean_g):
    slope, start = np.polyfit(g.numpy(), f.numpy(), 1)
    return float(start + slope * mean_g), estimate(f - float(slope) * g)[1], float(slope)


def integrate(f, kind, n, repeats, generator):
    out = []
    for _ in range(repeats):
        u = torch.rand(n, generator=generator, dtype=torch.float64)
        if kind == "antithetic":
            u = u[::2]
            out.append(torch.stack([f(u), f(1 - u)]).mean())
        elif kind == "stratified":
            out.append(f((torch.randperm(n, generator=generator) + u) / n).mean())
        elif kind == "control":
            out.append(torch.tensor(control_variate(f(u), u, 0.5)[0]))
        else:
            out.append(f(u).mean())
    return torch.stack(out)
