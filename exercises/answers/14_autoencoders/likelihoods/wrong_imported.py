"""The answer imported from the library."""
# fails: all

from dlcore.autoencoder import bernoulli_nll as mean_of_rows


def bernoulli_nll(logits, X):
    return torch.stack([mean_of_rows(a[None], x[None]) for a, x in zip(logits, X)])
