"""Small Boltzmann machines and their joint tables by loops."""

import itertools

import numpy as np
import torch

from dlcore.energy import RBM

WEIGHTS = [[1.0, -0.5], [0.5, 0.8], [-1.0, 0.3]]


def tiny_rbm(scale=1.0):
    """The machine with 3 visible and 2 hidden units whose numbers the chapter quotes."""
    W = scale * torch.tensor(WEIGHTS, dtype=torch.float64)
    b, c = torch.tensor([0.1, -0.2, 0.3]).double(), torch.tensor([0.2, -0.1]).double()
    return RBM.from_parameters(W, b, c)


def random_rbm(d, m, seed=0, scale=1.0):
    g = np.random.default_rng(seed)
    parts = g.normal(scale=scale, size=(d, m)), g.normal(size=d), g.normal(size=m)
    return RBM.from_parameters(*(torch.as_tensor(x) for x in parts))


def bits(d):
    return np.array(list(itertools.product([0.0, 1.0], repeat=d)))


def arrays(rbm):
    return [getattr(rbm, name).detach().numpy() for name in "Wbc"]


def joint_table(rbm):
    """exp(-E) of all pairs of states, visible ones as rows."""
    W, b, c = arrays(rbm)
    return np.exp([[v @ b + h @ c + v @ W @ h for h in bits(len(c))] for v in bits(len(b))])
