"""The answer imported from the library."""
# fails: all

from dlcore.energy import RBM


def transition_matrix(W, b, c):
    return RBM(len(b), len(c)).transition_matrix()
