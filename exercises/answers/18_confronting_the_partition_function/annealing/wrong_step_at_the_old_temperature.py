"""The step at the old temperature."""
# fails: large_biases, eleven_temperatures

def ais_log_weights(W, b, c, betas, chains, generator):
    log_f = lambda v, beta: beta * (v @ b) + torch.nn.functional.softplus(beta * (v @ W + c)).sum(dim=1)
    v = torch.bernoulli(torch.full((chains, len(b)), 0.5, dtype=W.dtype), generator=generator)
    log_w = torch.full((chains,), (len(b) + len(c)) * math.log(2), dtype=W.dtype)
    for last, beta in zip(betas[:-1], betas[1:]):
        log_w = log_w + log_f(v, beta) - log_f(v, last)
        h = torch.bernoulli(torch.sigmoid(last * (v @ W + c)), generator=generator)
        v = torch.bernoulli(torch.sigmoid(last * (h @ W.T + b)), generator=generator)
    return log_w
