"""Steps and chains exchange their axes."""
# fails: shapes_of_the_chains, transitions_of_three_states, acceptance_of_a_random_walk, stretched_gamma, densities_of_any_size, chains_in_a_box

chains_first = metropolis_hastings


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    states, accepted = chains_first(log_prob, propose, log_q, x, steps, generator)
    return states.transpose(0, 1), accepted.T
