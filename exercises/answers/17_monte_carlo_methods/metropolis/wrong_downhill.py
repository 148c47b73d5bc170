"""The ratio of the targets inverted."""
# fails: transitions_of_three_states, acceptance_of_a_random_walk, stretched_gamma, densities_of_any_size, chains_in_a_box

with_proposals = metropolis_hastings


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    return with_proposals(lambda x: torch.where(log_prob(x).isinf(), log_prob(x), -log_prob(x)), propose, log_q, x, steps, generator)
