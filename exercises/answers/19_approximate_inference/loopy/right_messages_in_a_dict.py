"""Messages in a dict, new ones used at once, damping of probabilities."""

def loopy_bp(unary, edges, pair, damping, steps, tol):
    n, k = unary.shape
    w, message, into = {}, {}, {i: [] for i in range(n)}
    for (i, j), table in zip(edges, pair):
        w[i, j], w[j, i] = table, table.T
        message[i, j] = message[j, i] = torch.full((k,), 1 / k, dtype=unary.dtype)
        into[j].append(i)
        into[i].append(j)
    for _ in range(steps):
        change = 0.0
        for i, j in w:
            inner = unary[i] + sum((message[a, i].log() for a in into[i] if a != j), torch.zeros(k, dtype=unary.dtype))
            new = torch.softmax(torch.logsumexp(w[i, j] + inner[:, None], dim=0), dim=0)
            new = damping * message[i, j] + (1 - damping) * new
            change = max(change, (new - message[i, j]).abs().max().item())
            message[i, j] = new
        if change <= tol:
            break
    beliefs = torch.stack([torch.softmax(unary[i] + sum(message[a, i].log() for a in into[i]), dim=0) for i in range(n)])
    tables = []
    for i, j in edges:
        left = unary[i] + sum(message[a, i].log() for a in into[i] if a != j)
        right = unary[j] + sum(message[a, j].log() for a in into[j] if a != i)
        table = torch.exp((w[i, j] + left[:, None] + right[None]) - (w[i, j] + left[:, None] + right[None]).max())
        tables.append(table / table.sum())
    return beliefs, torch.stack(tables), change <= tol


def bethe(unary, edges, pair, beliefs, pair_beliefs):
    total, degree = 0.0, [0] * len(unary)
    for (i, j), w, b in zip(edges, pair, pair_beliefs):
        degree[i], degree[j] = degree[i] + 1, degree[j] + 1
        total = total + (b * w).sum() - torch.xlogy(b, b).sum()
    for u, b, d in zip(unary, beliefs, degree):
        total = total + (b * u).sum() + (d - 1) * torch.xlogy(b, b).sum()
    return total
