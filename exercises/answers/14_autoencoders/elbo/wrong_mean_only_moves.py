"""The spread is taken for a constant."""
# fails: gradients_through_samples

plain = reparameterize


def reparameterize(mu, logvar, generator):
    return plain(mu, logvar.detach(), generator)
