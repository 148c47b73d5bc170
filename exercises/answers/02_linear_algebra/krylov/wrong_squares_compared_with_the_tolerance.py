"""Compares squared lengths by the tolerance itself: half the digits."""
# fails: well_conditioned_system, tolerance_is_relative

whole = conjugate_gradient


def conjugate_gradient(matvec, b, tol=1e-10, max_steps=100):
    return whole(matvec, b, math.sqrt(tol), max_steps)
