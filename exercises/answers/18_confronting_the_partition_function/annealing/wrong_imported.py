"""The answer imported from the library."""
# fails: all

from dlcore.energy import annealed_importance_sampling


def ais_log_weights(W, b, c, betas, chains, generator):
    return annealed_importance_sampling(W, b, c, betas, chains, generator=generator)
