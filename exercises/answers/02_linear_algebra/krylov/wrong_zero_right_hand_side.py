"""Takes a step before it looks at the residual."""
# fails: zero_right_hand_side

whole = conjugate_gradient


def conjugate_gradient(matvec, b, tol=1e-10, max_steps=100):
    if not b.any():
        return b / b, 1
    return whole(matvec, b, tol, max_steps)
