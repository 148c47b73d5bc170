"""Fractions and functions for the decimals."""

pencil = {
    "conditional": [3, 7 / 4],
    "marginal": [14, -math.log(2 * math.pi) - math.log(14) / 2 - 5 / 28],
    "posterior": [3 / 7, 2 / 7],
    "noise": [1 / 3, 14 / 3, 5 / 3],
    "shrinkage": 14 / 15,
    "dimension": [3, 5],
    "parameters": [38, 47],
    "ledermann": [3, 6],
    "kurtosis": [9 / 20, 46.8 / 25],
    "threshold": [0, 0.6, -0.5],
    "code": [1, 0, 0.1, 3],
    "prior": 0.5 / 0.1,
    "scaled": 0.2 + 1.5 / 10,
}
