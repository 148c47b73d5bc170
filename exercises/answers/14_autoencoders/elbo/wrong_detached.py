"""A sample without a path back."""
# fails: gradients_through_samples

plain = reparameterize


def reparameterize(mu, logvar, generator):
    return plain(mu, logvar, generator).detach()
