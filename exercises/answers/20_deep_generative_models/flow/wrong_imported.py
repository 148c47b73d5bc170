"""The answer imported from the library."""
# fails: all

from dlcore.generative import AffineCoupling


def coupling(z, theta, swap):
    return AffineCoupling(z.shape[1]).forward(z)
