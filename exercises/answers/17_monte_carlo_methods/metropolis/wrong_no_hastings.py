"""The proposal's densities are left out."""
# fails: transitions_of_three_states, stretched_gamma

with_proposals = metropolis_hastings


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    return with_proposals(log_prob, propose, lambda y, x: torch.zeros(len(x)), x, steps, generator)
