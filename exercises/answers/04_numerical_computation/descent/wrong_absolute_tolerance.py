"""Eigenvalues below tol taken for 0, whatever the size of the others."""
# fails: minima_and_maxima


def classify(H, tol=1e-8):
    values = torch.linalg.eigvalsh(H)
    if (values > tol).any() and (values < -tol).any():
        return "saddle"
    if (values.abs() <= tol).any():
        return "inconclusive"
    return "minimum" if values[0] > 0 else "maximum"
