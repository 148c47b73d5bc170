"""Fractions and roots for the decimals."""

pencil = {
    "floor": 1 / 75,
    "velocity": -2,
    "limits": [1 / 100, 19 / 1000, 19 / 2800],
    "reach": [10, 1000],
    "bias": [1 - 0.9**5, 1 - 0.999**5],
    "first": 10**0.5,
    "cosine": 0.2 * math.cos(math.pi / 8) ** 2,
    "scaled": [0.95**8, 3 / 5],
    "clipped": [-1 / 3, 1],
    "fisher": [25 / 4, 4 / 25],
    "hessian": 10,
}
