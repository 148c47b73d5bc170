"""Waiting times in the place of logarithms of uniform numbers, a chain of float32."""


def metropolis_hastings(log_prob, propose, log_q, x, steps, generator):
    x, states, accepted = x.float(), [], []
    for _ in range(steps):
        y = propose(x, generator)
        gain = log_prob(y) - log_prob(x) + log_q(x, y) - log_q(y, x)
        wait = torch.empty(len(x)).exponential_(generator=generator)
        yes = wait > -gain
        x = x + yes[:, None] * (y - x)
        x = torch.where(yes[:, None], y, x)
        states.append(x)
        accepted.append(yes)
    return torch.stack(states, dim=1), torch.stack(accepted, dim=1)
