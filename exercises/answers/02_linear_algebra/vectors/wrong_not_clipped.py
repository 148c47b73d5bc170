"""The arc cosine of whatever rounding gives."""
# fails: parallel_vectors


def angle(x, y):
    if not (x.any() and y.any()):
        raise ValueError
    return torch.acos((x @ y) / ((x @ x).sqrt() * (y @ y).sqrt()))
