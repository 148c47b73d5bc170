"""p(x | z) without the prior."""
# fails: two_states_by_hand, bounds_of_random_tables, divergences_with_zeros, bound_and_gap_add_up

def elbo(prior, likelihood, q):
    return (torch.xlogy(q, likelihood) - torch.xlogy(q, q)).sum(dim=1)
