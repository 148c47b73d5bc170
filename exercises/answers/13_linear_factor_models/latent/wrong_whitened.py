"""Scores of variance 1."""
# fails: principal_coordinates

plain_pca = pca


def pca(X, k):
    scores, back = plain_pca(X, k)
    return scores / scores.std(dim=0), back
