"""No negative eigenvalue taken for a minimum."""
# fails: inconclusive


def classify(H, tol=1e-8):
    values = torch.linalg.eigvalsh(H)
    zero = tol * values.abs().max()
    if (values >= -zero).all():
        return "minimum"
    return "maximum" if (values <= zero).all() else "saddle"
