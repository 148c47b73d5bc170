"""The answer imported from the library."""
# fails: all

from dlcore.montecarlo import BayesianMLP


def network(w, x):
    return BayesianMLP([1, (w.shape[1] - 1) // 3, 1]).forward(w, x[:, None])
