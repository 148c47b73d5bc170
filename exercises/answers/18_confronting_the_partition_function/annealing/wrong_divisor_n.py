"""The standard deviation that divides by n."""
# fails: estimate_from_two_weights, estimates_and_errors, nothing_changed_and_repeatable

def estimate(log_weights):
    log_Z = torch.logsumexp(log_weights, dim=0) - math.log(len(log_weights))
    return log_Z, torch.exp(log_weights - log_Z).std(correction=0) / math.sqrt(len(log_weights))


def ais_log_weights(W, b, c, betas, chains, generator):
    log_f = lambda v, beta: beta * (v @ b) + torch.nn.functional.softplus(beta * (v @ W + c)).sum(dim=1)
    v = torch.bernoulli(torch.full((chains, len(b)), 0.5, dtype=W.dtype))
    log_w = torch.full((chains,), (len(b) + len(c)) * math.log(2), dtype=W.dtype)
    for last, beta in zip(betas[:-1], betas[1:]):
        log_w = log_w + log_f(v, beta) - log_f(v, last)
        v = torch.bernoulli(torch.sigmoid(beta * (torch.bernoulli(torch.sigmoid(beta * (v @ W + c))) @ W.T + b)))
    return log_w
