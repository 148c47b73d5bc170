"""The answer imported from the library."""
# fails: all

from dlcore.evaluation import roc_auc


def domain_auc(a, b, fold, fit):
    return roc_auc(a, b)
