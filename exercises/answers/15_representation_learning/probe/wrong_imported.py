"""The answer imported from the library."""
# fails: all

from dlcore.representation import knn_probe as knn_predict
from dlcore.evaluation import linear_probe as solved


def linear_probe(encoder, X, y, X_new, y_new, ridge):
    return solved(encoder, X, y, X_new, y_new, C=1 / ridge)
