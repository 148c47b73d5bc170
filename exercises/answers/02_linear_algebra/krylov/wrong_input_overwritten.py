"""The residual is b itself and changes in place."""
# fails: dtype_and_inputs_kept

whole = conjugate_gradient


def conjugate_gradient(matvec, b, tol=1e-10, max_steps=100):
    x, steps = whole(matvec, b.clone(), tol, max_steps)
    b.zero_()
    return x, steps
