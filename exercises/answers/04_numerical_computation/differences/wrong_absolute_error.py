"""The length of the difference alone."""
# fails: small_and_large_gradients, zero_gradients_and_tolerance


def gradient_agrees(f, g, x, tol=1e-6):
    return bool((g - numerical_gradient(f, x)).norm() <= tol)
