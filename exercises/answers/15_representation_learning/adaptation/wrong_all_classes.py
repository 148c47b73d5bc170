"""The classes of all rows."""
# fails: confident_rows


def pseudo_labels(P, threshold):
    sure, classes = P.max(dim=1)
    return (sure > threshold).nonzero().flatten(), classes
