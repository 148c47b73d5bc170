"""The answer imported from the library."""
# fails: all

import dlcore.inference


def elbo(prior, likelihood, q):
    return torch.stack([torch.tensor(dlcore.inference.elbo_discrete(prior * l, row).elbo) for l, row in zip(likelihood, q)])
