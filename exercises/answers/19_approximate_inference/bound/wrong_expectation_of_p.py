"""The expectation under the posterior."""
# fails: two_states_by_hand, bounds_of_random_tables, divergences_with_zeros

def elbo(prior, likelihood, q):
    joint = prior * likelihood
    p = joint / joint.sum(dim=1, keepdim=True)
    return (torch.xlogy(p, joint) - torch.xlogy(p, q)).sum(dim=1)
