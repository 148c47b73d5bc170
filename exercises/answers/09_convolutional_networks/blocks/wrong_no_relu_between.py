"""No ReLU between the matrices."""
# fails: one_row_by_hand, rows_of_torch


def residual_forward(x, W1, W2, P=None):
    return x @ W1.T @ W2.T + (x if P is None else x @ P.T)
