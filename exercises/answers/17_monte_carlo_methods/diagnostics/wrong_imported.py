"""The answer imported from the library."""
# fails: all

from dlcore.montecarlo import gelman_rubin as rhat


def split_rhat(x):
    half = x.shape[1] // 2
    return rhat(torch.cat([x[:, :half], x[:, -half:]]))
