"""The start is the first draw, the last step is missing."""
# fails: shapes_of_the_chains, transitions_of_three_states, stretched_gamma

chains_of_steps = metropolis_hastings


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    states, accepted = chains_of_steps(log_prob, propose, log_q, x, steps, generator)
    return torch.cat([x[:, None], states[:, :-1]], dim=1), accepted
