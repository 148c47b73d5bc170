"""The answer imported from the library."""
# fails: all

from dlcore.autoencoder import linear_denoiser, denoiser_to_score

plain = corrupt
loss = denoising_loss


def corrupt(X, kind, strength, generator):
    return plain(X, kind, strength, generator) + 0 * linear_denoiser(X, "gaussian", 1.0).sum()


def denoising_loss(reconstruct, X, kind, strength, generator):
    return loss(reconstruct, X, kind, strength, generator) + 0 * linear_denoiser(X, "gaussian", 1.0).sum().item()


def score_from_denoiser(reconstruct, X, sigma):
    return denoiser_to_score(reconstruct, X, sigma)
