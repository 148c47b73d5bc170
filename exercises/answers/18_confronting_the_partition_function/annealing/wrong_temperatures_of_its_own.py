"""A hundred temperatures, whatever is given."""
# fails: annealing_in_one_step

def ais_log_weights(W, b, c, betas, chains, generator):
    log_f = lambda v, beta: beta * (v @ b) + torch.nn.functional.softplus(beta * (v @ W + c)).sum(dim=1)
    v = torch.bernoulli(torch.full((chains, len(b)), 0.5, dtype=W.dtype), generator=generator)
    log_w = torch.full((chains,), (len(b) + len(c)) * math.log(2), dtype=W.dtype)
    for i in range(100):
        log_w = log_w + log_f(v, (i + 1) / 100) - log_f(v, i / 100)
        h = torch.bernoulli(torch.sigmoid((i + 1) / 100 * (v @ W + c)), generator=generator)
        v = torch.bernoulli(torch.sigmoid((i + 1) / 100 * (h @ W.T + b)), generator=generator)
    return log_w


def importance_log_weights(W, b, c, n, generator):
    v = torch.bernoulli(torch.full((n, len(b)), 0.5, dtype=W.dtype), generator=generator)
    return v @ b + torch.nn.functional.softplus(v @ W + c).sum(dim=1) + len(b) * math.log(2)
