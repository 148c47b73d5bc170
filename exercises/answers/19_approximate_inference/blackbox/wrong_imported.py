"""The answer imported from the library."""
# fails: all

from dlcore.inference import advi


def fit(X, y, full, batch, generator):
    found = advi(lambda w: log_prior(w) + log_likelihoods(w, X, y).sum(dim=1), torch.zeros(X.shape[1]).double(), full_rank=full, generator=generator)
    return found.mean, found.scale_tril
