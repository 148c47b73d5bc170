"""Formulas in the place of decimals."""

pencil = {
    "pi": [math.sqrt(math.pi * (4 - math.pi) / 40_000), math.pi * (4 - math.pi) * 10**6],
    "pairs": [4 / 45, -7 / 90, 8.0],
    "control": [1.0, 1 / 16],
    "states": [5 / 8, 1 / 4, 0.0],
    "gibbs": [0.8**2, 9 / 41],
    "chains": [17 / 2, 6, math.sqrt(46 / 51)],
    "weights": [10 / 3, 45 / 10],
    "dimension": [math.exp(-1.44), 13],
    "narrow": [0.64 / math.sqrt(0.28), float("inf")],
    "oscillator": [7 / 4, -15 / 16, -15 / 512],
    "langevin": [10 / 9, 4],
    "bandit": [1 / 2, 2.0, 0.0],
}
