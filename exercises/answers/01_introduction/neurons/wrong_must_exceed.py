"""The sum must exceed the threshold."""
# fails: threshold_reached


def fires(X, w, theta):
    return (X @ w > theta).to(X.dtype)
