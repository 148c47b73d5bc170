"""The constants are left out."""
# fails: posterior_of_torch


def log_posterior(w, x, y, noise, prior):
    return -(((y - network(w, x)) / noise) ** 2).sum(dim=1) / 2 - ((w / prior) ** 2).sum(dim=1) / 2
