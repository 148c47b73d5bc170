"""Formulas in the place of decimals."""

pencil = {
    "parameters": [2**10 - 1, 2 * 9 + 1],
    "network": [1 + 1 + 8 + 3, 23],
    "explaining": [5 / 14, 1 / 10],
    "tests": [18 / 67, 1 / (1 + 49 / 324)],
    "noisy_or": 1 - 0.9 * 0.4 * 0.5,
    "ising": 2 * (2 * math.cosh(0.5)) ** 3,
    "tables": [2**2, 2**7],
    "grid": min(4, 7),
    "crf": [1.7, math.log(sum(map(math.exp, (1.5, 0.5, 0.2, 1.7)))), 1 / sum(math.exp(s - 1.7) for s in (1.5, 0.5, 0.2, 1.7))],
    "convolution": [1 / 4, 8**-0.5],
    "hops": 10 - 1,
    "fusion": [36 / 3, 4 / 3],
}
