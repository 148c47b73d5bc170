"""The Euclidean length of w instead of the sum of its absolute values."""
# fails: accuracy_in_the_worst_case


def robust_accuracy(X, y, w, b, eps):
    return ((2 * y - 1) * (X @ w + b) - eps * w.norm() > 0).double().mean().item()
