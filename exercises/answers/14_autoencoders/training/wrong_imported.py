"""The answer imported from the library."""
# fails: all

from dlcore.autoencoder import vae_loss

one, whole = vae_step, train_vae


def vae_step(weights, X, noise, sigma2, rate):
    vae_loss
    return one(weights, X, noise, sigma2, rate)


def train_vae(X, k, sigma2, generator):
    vae_loss
    return whole(X, k, sigma2, generator)
