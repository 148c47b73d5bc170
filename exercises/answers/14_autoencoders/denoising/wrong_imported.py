"""The answer imported from the library."""
# fails: all

from dlcore.autoencoder import denoiser_to_score, linear_denoiser as solved


def linear_denoiser(X, kind, strength):
    return solved(X.T @ X / len(X), kind.replace(" ", "_"), strength, mean=X.mean(dim=0))


def score_from_denoiser(reconstruct, X, sigma):
    return denoiser_to_score(reconstruct(X), X, sigma)
