"""The largest product, not twice it."""
# fails: all_weights_zero


def zero_penalty(X, y):
    return ((X - X.mean(dim=0)).T @ y).abs().max().item()
