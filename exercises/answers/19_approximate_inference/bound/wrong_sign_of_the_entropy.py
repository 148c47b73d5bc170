"""The entropy is subtracted."""
# fails: two_states_by_hand, bounds_of_random_tables, bound_and_gap_add_up

def elbo(prior, likelihood, q):
    return (torch.xlogy(q, prior * likelihood) + torch.xlogy(q, q)).sum(dim=1)
