"""The answer imported from the library."""
# fails: all

from dlcore.inference import VariationalNormalGamma


def update_mean(x, prior, tau):
    return VariationalNormalGamma(*prior).fit(x)
