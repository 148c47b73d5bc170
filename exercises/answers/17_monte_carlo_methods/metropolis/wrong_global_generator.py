"""Uniform numbers that don't come from the generator."""
# fails: chains_in_a_box


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    states, accepted = [], []
    for _ in range(steps):
        y = propose(x, generator)
        yes = torch.rand(len(x)).log() < log_prob(y) - log_prob(x) + log_q(x, y) - log_q(y, x)
        x = torch.where(yes[:, None], y, x)
        states.append(x)
        accepted.append(yes)
    return torch.stack(states, dim=1), torch.stack(accepted, dim=1)
