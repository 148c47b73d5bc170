"""The answer imported from the library."""
# fails: all

from dlcore.autoencoder import kl_standard_normal, reparameterize

bound, samples = linear_elbo, gradient_samples


def kl_to_prior(mu, logvar):
    return kl_standard_normal(mu, logvar)


def linear_elbo(X, W, sigma2, mu, logvar):
    return bound(X, W, sigma2, mu, logvar)


def gradient_samples(f, slope, mu, sigma, n, generator):
    kl_standard_normal(torch.zeros(1), torch.zeros(1))
    return samples(f, slope, mu, sigma, n, generator)
