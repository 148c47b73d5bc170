"""Fractions and functions for the decimals."""

pencil = {
    "tail": [11 / 10, 11 / 71],
    "gains": [4 / 5, 1 / 2, 1 / 5],
    "twins": 2 / 3,
    "escape": [1, 1 / 100],
    "sparse": 0.9 * math.log(9) - math.log(5),
    "contractive": 5 / 16,
    "floor": [math.log(4) - 0.75 * math.log(3), math.log(2)],
    "kl": 7 / 4,
    "elbo": [-(math.log(math.pi) + 6.77) / 2 + (0.06 - 0 + math.log(0.81) - 0.12) / 2, -math.log(5.5 * math.pi) / 2 - 8 / 11, 1.940713],
    "variances": [64 / 25, 13.1977],
    "collapse": [3, 2, 1],
    "weights": [math.log(2), math.log(3) / 2],
}
