"""Rejected proposals are drawn anew until one is accepted."""
# fails: transitions_of_three_states, acceptance_of_a_random_walk, stretched_gamma, densities_of_any_size, chains_in_a_box


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    states = []
    for _ in range(steps):
        waiting, new = torch.ones(len(x), dtype=torch.bool), x.clone()
        for _ in range(50):
            y = propose(x, generator)
            ratio = log_prob(y) - log_prob(x) + log_q(x, y) - log_q(y, x)
            yes = waiting & (torch.rand(len(x), generator=generator).log() < ratio)
            new, waiting = torch.where(yes[:, None], y, new), waiting & ~yes
        x = new
        states.append(x)
    return torch.stack(states, dim=1), torch.ones(len(x), steps, dtype=torch.bool)
