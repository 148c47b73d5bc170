"""The mean change decides about the end, not the largest one."""
# fails: damped_messages_of_one_edge

def loopy_bp(unary, edges, pair, damping, steps, tol):
    n, k = unary.shape
    E = len(edges)
    source = torch.tensor([i for i, _ in edges] + [j for _, j in edges], dtype=torch.long)
    target = torch.tensor([j for _, j in edges] + [i for i, _ in edges], dtype=torch.long)
    back = torch.cat([torch.arange(E, 2 * E), torch.arange(E)])
    tables = torch.cat([pair, pair.transpose(1, 2)])
    log_m, converged = torch.full((2 * E, k), -math.log(k), dtype=unary.dtype), False
    for _ in range(steps):
        before = unary.index_add(0, target, log_m)[source] - log_m[back]
        new = torch.softmax(torch.logsumexp(tables + before[:, :, None], dim=1), dim=1)
        new = (1 - damping) * new + damping * log_m.exp()
        change = (new - log_m.exp()).abs().mean() if E else 0.0
        log_m = new.log()
        if change <= tol:
            converged = True
            break
    total = unary.index_add(0, target, log_m)
    before = total[source] - log_m[back]
    joint = pair + before[:E, :, None] + before[E:, None, :]
    return torch.softmax(total, dim=1), torch.softmax(joint.reshape(E, -1), dim=1).reshape(E, k, k), converged
