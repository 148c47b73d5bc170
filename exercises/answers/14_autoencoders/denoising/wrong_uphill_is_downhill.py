"""The sign of the score."""
# fails: score_of_a_gaussian, score_of_a_mixture


def score_from_denoiser(reconstruct, X, sigma):
    return (X - reconstruct(X)) / sigma**2
