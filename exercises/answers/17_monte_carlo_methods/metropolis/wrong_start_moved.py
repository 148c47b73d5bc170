"""The chains move in the tensor of their starts."""
# fails: chains_in_a_box


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    states, accepted = [], []
    for _ in range(steps):
        y = propose(x, generator)
        log_ratio = log_prob(y) - log_prob(x) + log_q(x, y) - log_q(y, x)
        yes = torch.rand(len(x), generator=generator, dtype=torch.float64).log() < log_ratio
        x[yes] = y[yes]
        states.append(x.clone())
        accepted.append(yes)
    return torch.stack(states, dim=1), torch.stack(accepted, dim=1)
