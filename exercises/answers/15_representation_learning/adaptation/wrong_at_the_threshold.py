"""A probability at the threshold is enough."""
# fails: confident_rows


def pseudo_labels(P, threshold):
    sure, classes = P.max(dim=1)
    rows = (sure >= threshold).nonzero().flatten()
    return rows, classes[rows]
