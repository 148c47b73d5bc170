"""Powers below 1 taken for distances."""
# fails: no_distance


def minkowski(X, Z, p):
    differences = (X[:, None] - Z).abs()
    return differences.amax(dim=2) if p == math.inf else differences.pow(p).sum(dim=2).pow(1 / p)
