"""The divergence from the prior."""
# fails: two_states_by_hand, bound_and_gap_add_up

def split(prior, likelihood, q):
    return elbo(prior, likelihood, q), kl(q, prior.expand_as(q)), (likelihood @ prior).log()
