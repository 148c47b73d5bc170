"""The sign of the divergence."""
# fails: divergence_of_the_example, bound_of_the_example, divergences_from_the_prior, evidence_less_the_gap


def kl_to_prior(mu, logvar):
    return (1 + logvar - mu**2 - logvar.exp()).sum(dim=1) / 2
