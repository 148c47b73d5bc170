"""Exponentials of the densities."""
# fails: densities_of_any_size


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    states, accepted = [], []
    for _ in range(steps):
        y = propose(x, generator)
        ratio = log_prob(y).exp() * log_q(x, y).exp() / (log_prob(x).exp() * log_q(y, x).exp())
        yes = torch.rand(len(x), generator=generator) < ratio
        x = torch.where(yes[:, None], y, x)
        states.append(x)
        accepted.append(yes)
    return torch.stack(states, dim=1), torch.stack(accepted, dim=1)
