"""Divided by the standard deviation."""
# fails: score_of_a_mixture


def score_from_denoiser(reconstruct, X, sigma):
    return (reconstruct(X) - X) / sigma
