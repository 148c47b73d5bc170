"""Fractions and functions for the decimals."""

pencil = {
    "disease": 18 / 67,
    "averages": [7 / 15, 11 / 16, 13 / 20],
    "auc": 9 / 12,
    "threshold": 1 / 10,
    "hit": [1 - 0.95**20, 59],
    "halving": [4 * 27, 27 * 27],
    "decades": [0.09 / 0.09999, 1 / 4],
    "cut": math.cos(math.pi / 10) ** 2,
    "weights": [10 / 19, 10],
    "start": [math.log(10), math.log(1 + 9 / math.e)],
    "residuals": [23 / 10, -3],
    "page": 1 - 0.99**20,
    "perplexity": 2**2.25,
}
