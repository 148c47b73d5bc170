"""The answer imported from the library."""
# fails: all

from dlcore.applications import q_learning


def act(q, epsilon, generator):
    return q_learning(q, epsilon, generator)


def target(*args):
    return q_learning(*args)
