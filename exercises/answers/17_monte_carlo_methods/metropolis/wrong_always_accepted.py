"""Every proposal is accepted."""
# fails: transitions_of_three_states, acceptance_of_a_random_walk, stretched_gamma, densities_of_any_size, chains_in_a_box


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    states = []
    for _ in range(steps):
        x = propose(x, generator)
        states.append(x)
    return torch.stack(states, dim=1), torch.ones(len(x), steps, dtype=torch.bool)
