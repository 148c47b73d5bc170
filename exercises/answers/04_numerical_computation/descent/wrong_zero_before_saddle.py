"""A zero eigenvalue taken to decide before the signs of the others."""
# fails: saddles


def classify(H, tol=1e-8):
    values = torch.linalg.eigvalsh(H)
    zero = tol * values.abs().max()
    if (values.abs() <= zero).any():
        return "inconclusive"
    if (values > 0).any() and (values < 0).any():
        return "saddle"
    return "minimum" if values[0] > 0 else "maximum"
