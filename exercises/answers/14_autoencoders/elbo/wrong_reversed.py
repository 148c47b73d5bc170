"""The divergence of the prior from q."""
# fails: divergence_of_the_example, bound_of_the_example, divergences_from_the_prior, evidence_less_the_gap


def kl_to_prior(mu, logvar):
    return ((1 + mu**2) * torch.exp(-logvar) - 1 + logvar).sum(dim=1) / 2
