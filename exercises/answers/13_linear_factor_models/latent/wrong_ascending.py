"""The right directions in the order of `eigh`."""
# fails: principal_coordinates

plain_pca = pca


def pca(X, k):
    scores, back = plain_pca(X, k)
    return scores.flip(1), back
