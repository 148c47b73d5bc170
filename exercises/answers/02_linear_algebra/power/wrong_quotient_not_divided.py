"""The quadratic form of a vector that need not have length 1."""
# fails: quotients_by_hand


def rayleigh_quotient(A, v):
    return v @ A @ v
