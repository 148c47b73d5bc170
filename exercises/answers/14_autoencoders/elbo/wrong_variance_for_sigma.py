"""The variance is taken for the standard deviation of the sample."""
# fails: moments_of_samples, gradients_through_samples


def reparameterize(mu, logvar, generator):
    return mu + logvar.exp() * torch.randn(mu.shape, generator=generator, dtype=mu.dtype)
