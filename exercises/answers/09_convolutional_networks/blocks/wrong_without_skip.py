"""The way around forgotten."""
# fails: one_row_by_hand, rows_of_torch


def residual_forward(x, W1, W2, P=None):
    return (x @ W1.T).relu() @ W2.T
