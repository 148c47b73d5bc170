"""The drawn hidden units of the first step serve the positive phase, too; the matrix by loops."""

def contrastive_divergence(v, W, b, c, k, generator):
    h = first = torch.bernoulli(torch.sigmoid(v @ W + c), generator=generator)
    for step in range(k):
        x = torch.bernoulli(torch.sigmoid(h @ W.T + b), generator=generator)
        on = torch.sigmoid(x @ W + c)
        h = torch.bernoulli(on, generator=generator)
    n = len(v)
    return (v.T @ first - x.T @ on) / n, (v - x).sum(dim=0) / n, (first - on).sum(dim=0) / n


def transition_matrix(W, b, c):
    v, h = every_state(len(b)), every_state(len(c))
    log_joint = (v @ b)[:, None] + h @ c + v @ W @ h.T
    return torch.einsum("ik,jk->ij", torch.softmax(log_joint, dim=1), torch.softmax(log_joint, dim=0))


def expected_divergence(v, W, b, c, k):
    P, states = transition_matrix(W, b, c), every_state(len(b))
    place = (v @ 2.0 ** torch.arange(len(b) - 1, -1, -1, dtype=W.dtype)).long()
    start = torch.bincount(place, minlength=len(states)) / len(v)
    q = start.double()
    for _ in range(k):
        q = q @ P
    on, total = torch.sigmoid(states @ W + c), []
    for weights in (start.double(), q):
        total.append((states.T @ (weights[:, None] * on), states.T @ weights, on.T @ weights))
    return tuple(a - m for a, m in zip(*total))
