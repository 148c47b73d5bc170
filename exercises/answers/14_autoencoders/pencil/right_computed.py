"""Fractions and functions for the decimals."""

pencil = {
    "tail": [11 / 10, 11 / 71],
    "gains": [9 / 10, 3 / 4, 1 / 5],
    "twins": 2 / 3,
    "escape": [1, 1 / 100],
    "sparse": 0.9 * math.log(1.5) - 0.1 * math.log(4),
    "contractive": 25 / 16,
    "floor": [math.log(4) - 0.75 * math.log(3), math.log(2)],
    "kl": 12.25 / 2 - math.log(1.5),
    "elbo": [-(math.log(math.pi) + 1.25) / 2 + 0.25 - math.log(2), -math.log(5.5 * math.pi) / 2 - 2 / 11, 0.033955],
    "variances": [64 / 25, 13.1977],
    "collapse": [3, 2, 0],
    "weights": [math.log(3), math.log(5) / 2],
}
