"""The rows are centred in place."""
# fails: white_and_linear

plain_whiten = whiten


def whiten(X):
    X -= X.mean(dim=0)
    return plain_whiten(X)
