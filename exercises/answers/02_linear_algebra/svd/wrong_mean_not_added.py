"""The way back ends at the origin."""
# fails: way_back


def pca_reconstruct(Z, mean, components):
    return Z @ components
