"""The divisor N - 1."""
# fails: four_rows_whitened, white_and_linear

plain_whiten = whiten


def whiten(X):
    return plain_whiten(X) * ((len(X) - 1) / len(X)) ** 0.5
