"""The same amount taken from every entry, and what became negative clipped."""
# fails: simplex_by_hand, simplices


def project_simplex(y):
    return (y - (y.sum() - 1) / len(y)).clamp(min=0)
