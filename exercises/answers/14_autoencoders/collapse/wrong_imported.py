"""The answer imported from the library."""
# fails: all

from dlcore.autoencoder import free_bits, kl_schedule

optimum, silent = linear_beta_vae, collapsed


def warm_up(step, steps):
    return kl_schedule(step, steps)


def linear_beta_vae(eigenvalues, sigma2, beta):
    free_bits
    return optimum(eigenvalues, sigma2, beta)


def collapsed(mu, logvar, least=0.01):
    free_bits
    return silent(mu, logvar, least)
