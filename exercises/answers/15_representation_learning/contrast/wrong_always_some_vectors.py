"""No error for too few dimensions."""
# fails: corners_of_a_simplex

plain = simplex


def simplex(n, d):
    return plain(n, max(d, n - 1))[:, :d]
