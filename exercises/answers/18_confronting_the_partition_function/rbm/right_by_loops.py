"""Unit by unit, row by row."""

def hidden_given_visible(v, W, c):
    return torch.stack([1 / (1 + torch.exp(-(W.T @ row + c).clamp(-700, 700))) for row in v])


def visible_given_hidden(h, W, b):
    return torch.stack([torch.exp(torch.nn.functional.logsigmoid(W @ row + b)) for row in h])


def free_energy(v, W, b, c):
    total = -(v * b).sum(dim=1)
    for j in range(len(c)):
        inner = v @ W[:, j] + c[j]
        total = total - torch.logaddexp(inner, torch.zeros_like(inner))
    return total


def rbm_log_partition(W, b, c):
    if len(b) <= len(c):
        return torch.stack([-free_energy(row[None], W, b, c)[0] for row in every_state(len(b))]).logsumexp(dim=0)
    h = every_state(len(c))
    return (h @ c + torch.logaddexp(h @ W.T + b, torch.zeros(1, dtype=W.dtype)).sum(dim=1)).logsumexp(dim=0)


def exact_gradient(v, W, b, c):
    log_Z, parts = rbm_log_partition(W, b, c), [torch.zeros_like(t) for t in (W, b, c)]
    states = every_state(len(b))
    p = torch.exp(-free_energy(states, W, b, c) - log_Z)
    for rows, weights in ((v, torch.full((len(v),), 1 / len(v), dtype=W.dtype)), (states, -p)):
        for row, weight in zip(rows, weights):
            on = hidden_given_visible(row[None], W, c)[0]
            for part, value in zip(parts, (torch.outer(row, on), row, on)):
                part += weight * value
    return tuple(parts)
