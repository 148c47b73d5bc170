"""q(y | x) / q(x | y)."""
# fails: transitions_of_three_states, stretched_gamma

with_proposals = metropolis_hastings


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    return with_proposals(log_prob, propose, lambda y, x: log_q(x, y), x, steps, generator)
