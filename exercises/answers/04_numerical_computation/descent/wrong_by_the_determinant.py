"""The rule of two dimensions: sign of the determinant, then of the first entry."""
# fails: saddles, minima_and_maxima


def classify(H, tol=1e-8):
    determinant = torch.linalg.det(H)
    if abs(determinant) <= tol:
        return "inconclusive"
    if determinant < 0:
        return "saddle"
    return "minimum" if H[0, 0] > 0 else "maximum"
