"""Signs of the diagonal."""
# fails: saddles, inconclusive


def classify(H, tol=1e-8):
    d = H.diagonal()
    zero = tol * d.abs().max()
    if (d > zero).any() and (d < -zero).any():
        return "saddle"
    if (d.abs() <= zero).any():
        return "inconclusive"
    return "minimum" if d[0] > 0 else "maximum"
