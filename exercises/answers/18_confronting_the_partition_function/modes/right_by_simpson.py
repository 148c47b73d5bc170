"""Simpson's rule in NumPy, scores by differentiating the mixture."""

import numpy as np


def divergences(a, u, w):
    n = 40000
    x = np.linspace(-a - 11, a + 11, n + 1)
    weight = np.full(n + 1, 2.0)
    weight[1::2], weight[[0, -1]] = 4.0, 1.0
    weight *= (x[1] - x[0]) / 3
    left, right = (np.exp(-((x + s * a) ** 2) / 2) / np.sqrt(2 * np.pi) for s in (1, -1))
    p, q = u * left + (1 - u) * right, w * left + (1 - w) * right
    slope = lambda s, m: (-s * (x + a) * left - (1 - s) * (x - a) * right) / m
    fisher = (weight * p * (slope(u, p) - slope(w, q)) ** 2).sum() / 2
    return float(fisher), float((weight * p * np.log(p / q)).sum())
