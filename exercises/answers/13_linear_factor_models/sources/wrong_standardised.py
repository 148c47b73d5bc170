"""Columns of variance 1, still correlated."""
# fails: four_rows_whitened, white_and_linear


def whiten(X):
    return (X - X.mean(dim=0)) / X.std(dim=0, correction=0)
