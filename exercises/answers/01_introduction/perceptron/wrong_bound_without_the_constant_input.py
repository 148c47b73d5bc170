"""The length of the examples without the constant input."""
# fails: bound_by_novikoff


def mistake_bound(X, y, u, c):
    margins = y * (X @ u + c)
    if margins.min() <= 0:
        raise ValueError("the line does not separate the examples")
    return (X.square().sum(dim=1).max() * (u.square().sum() + c**2) / margins.min() ** 2).item()
