"""The answer imported from the library."""
# fails: all

from dlcore.nn import reverse_gradient
from dlcore.representation import coral_loss, dann_lambda as dann_strength, mmd_rbf, pseudo_label


def mmd(X, Y, gamma):
    return mmd_rbf(X, Y, gamma=gamma)


def pseudo_labels(P, threshold):
    found = pseudo_label(P, threshold)
    rows = found.confident.nonzero().flatten()
    return rows, found.labels[rows]
