"""The answer imported from the library."""
# fails: all

from dlcore.energy import pseudo_log_likelihood as pll


def pseudo_log_likelihood(s, J, h):
    return pll(s, J, h)
