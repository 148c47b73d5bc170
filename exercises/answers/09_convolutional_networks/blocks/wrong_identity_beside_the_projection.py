"""The identity in spite of a projection, cut or filled up with zeros."""
# fails: rows_of_torch


def residual_forward(x, W1, W2, P=None):
    y = (x @ W1.T).relu() @ W2.T
    n = min(x.shape[1], y.shape[1])
    y[:, :n] += x[:, :n]
    return y
