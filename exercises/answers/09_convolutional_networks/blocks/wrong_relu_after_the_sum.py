"""ReLU after the sum of rows."""
# fails: rows_of_torch


def residual_forward(x, W1, W2, P=None):
    return ((x @ W1.T).relu() @ W2.T + (x if P is None else x @ P.T)).relu()
