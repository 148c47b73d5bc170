"""The answer imported from the library."""
# fails: all

from dlcore.factor import PCA


def linear_autoencoder(X, k):
    return PCA(k)


def largest_angle(A, B):
    return PCA(1)


def code_size(X, share):
    return PCA(1)
