"""An index from 0 in place of a number."""
# fails: four_eigenvalues, levels_of_explained_variance

plain_variance = variance_k


def variance_k(X, level):
    return plain_variance(X, level) - 1
