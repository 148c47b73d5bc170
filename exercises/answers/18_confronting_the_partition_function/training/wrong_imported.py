"""The answer imported from the library."""
# fails: all

from dlcore.energy import RBM


def train_rbm(v, hidden, generator):
    machine = RBM(v.shape[1], hidden)
    return machine.W, machine.b, machine.c
