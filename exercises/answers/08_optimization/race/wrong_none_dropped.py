"""Runs that did not arrive left out of the median."""
# fails: medians


def typical(counts):
    arrived = sorted(c for c in counts if c is not None)
    return arrived[len(arrived) // 2] if arrived else math.inf
