"""The first reflections act on the matrix that was given."""
# fails: dtype_and_inputs_kept

whole = householder_qr


def householder_qr(A):
    Q, R = whole(A)
    A.mul_(0.0)
    return Q, R
