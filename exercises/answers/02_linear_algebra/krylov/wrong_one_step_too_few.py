"""Gives up before it looks at the residual of the last step."""
# fails: just_enough_steps

whole = conjugate_gradient


def conjugate_gradient(matvec, b, tol=1e-10, max_steps=100):
    return whole(matvec, b, tol, max_steps - 1)
