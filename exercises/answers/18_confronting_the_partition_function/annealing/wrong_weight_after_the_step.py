"""The weight is taken after the step."""
# fails: large_biases, annealing_in_one_step, eleven_temperatures, weights_of_uniform_states

def ais_log_weights(W, b, c, betas, chains, generator):
    log_f = lambda v, beta: beta * (v @ b) + torch.nn.functional.softplus(beta * (v @ W + c)).sum(dim=1)
    v = torch.bernoulli(torch.full((chains, len(b)), 0.5, dtype=W.dtype), generator=generator)
    log_w = torch.full((chains,), (len(b) + len(c)) * math.log(2), dtype=W.dtype)
    for last, beta in zip(betas[:-1], betas[1:]):
        h = torch.bernoulli(torch.sigmoid(beta * (v @ W + c)), generator=generator)
        v = torch.bernoulli(torch.sigmoid(beta * (h @ W.T + b)), generator=generator)
        log_w = log_w + log_f(v, beta) - log_f(v, last)
    return log_w
