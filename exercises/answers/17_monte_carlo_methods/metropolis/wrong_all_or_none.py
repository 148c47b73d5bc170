"""One decision for all chains, by the mean ratio."""
# fails: transitions_of_three_states, acceptance_of_a_random_walk, stretched_gamma, densities_of_any_size, chains_in_a_box


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    states, accepted = [], []
    for _ in range(steps):
        y = propose(x, generator)
        ratio = (log_prob(y) - log_prob(x) + log_q(x, y) - log_q(y, x)).mean()
        yes = (torch.rand((), generator=generator).log() < ratio).expand(len(x))
        x = torch.where(yes[:, None], y, x)
        states.append(x)
        accepted.append(yes)
    return torch.stack(states, dim=1), torch.stack(accepted, dim=1)
