"""The generator is ignored."""
# fails: moments_of_samples, gradients_through_samples

plain = reparameterize


def reparameterize(mu, logvar, generator):
    return plain(mu, logvar, None)
