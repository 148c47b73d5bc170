"""The prior is left out."""
# fails: posterior_of_torch


def log_posterior(w, x, y, noise, prior):
    z = (y - network(w, x)) / noise
    return (-(z**2) / 2 - math.log(noise * math.sqrt(2 * math.pi))).sum(dim=1)
