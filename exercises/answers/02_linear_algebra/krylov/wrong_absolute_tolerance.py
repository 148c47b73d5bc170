"""The residual is not compared with b."""
# fails: tolerance_is_relative

whole = conjugate_gradient


def conjugate_gradient(matvec, b, tol=1e-10, max_steps=100):
    size = (b @ b).sqrt().item()
    return whole(matvec, b, tol / size if size else tol, max_steps)
