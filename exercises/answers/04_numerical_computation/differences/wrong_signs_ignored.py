"""Lengths compared instead of vectors."""
# fails: right_and_wrong, faults_are_found, small_and_large_gradients


def gradient_agrees(f, g, x, tol=1e-6):
    n = numerical_gradient(f, x)
    return bool((g.norm() - n.norm()).abs() <= tol * (g.norm() + n.norm()))
