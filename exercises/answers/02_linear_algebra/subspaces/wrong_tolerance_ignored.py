"""Always the same tolerance, whatever rtol says."""
# fails: tolerance_is_relative

whole = rref


def rref(A, rtol=1e-9):
    return whole(A, 1e-9 if rtol < 1e-3 and rtol > 0 else rtol and 1e-9)
