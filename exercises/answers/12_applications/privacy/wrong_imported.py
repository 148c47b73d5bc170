"""The answer imported from the library."""
# fails: all

from dlcore.evaluation import roc_auc


def attack_auc(members, others):
    return roc_auc(members, others)


def private_counts(counts, epsilon, generator):
    return roc_auc(counts, epsilon)
