"""The answer imported from the library."""
# fails: all

from dlcore.graphical import BayesianNetwork


def sample(network, n, generator):
    tables = {name: table for name, (_, table) in network.items()}
    return BayesianNetwork({name: parents for name, (parents, _) in network.items()}, tables).sample(n, generator=generator)
