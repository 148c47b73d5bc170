"""One number for the whole batch."""
# fails: moments_of_samples


def reparameterize(mu, logvar, generator):
    return mu + torch.exp(logvar / 2) * torch.randn(mu.shape[1], generator=generator, dtype=mu.dtype)
