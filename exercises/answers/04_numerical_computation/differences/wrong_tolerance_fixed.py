"""The tolerance ignored, and 0 / 0."""
# fails: zero_gradients_and_tolerance


def gradient_agrees(f, g, x, tol=1e-6):
    n = numerical_gradient(f, x)
    return bool((g - n).norm() / (g.norm() + n.norm()) <= 1e-6)
