"""Nothing that autograd could differentiate."""
# fails: posterior_of_torch

with_deviations = log_posterior


def log_posterior(w, x, y, noise, prior):
    return with_deviations(w.detach(), x, y, noise, prior)
