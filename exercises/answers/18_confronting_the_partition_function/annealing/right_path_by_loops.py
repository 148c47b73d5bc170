"""Temperatures by index, hidden units first, weights in one sum at the end; the bridge by its iteration."""

def log_f(v, W, b, c, beta):
    x = beta * (v @ W + c)
    return beta * (v @ b) + torch.logaddexp(x, torch.zeros_like(x)).sum(dim=1)


def importance_log_weights(W, b, c, n, generator):
    v = torch.randint(2, (n, len(b)), generator=generator).to(W.dtype)
    return log_f(v, W, b, c, 1.0) + len(b) * math.log(2)


def ais_log_weights(W, b, c, betas, chains, generator):
    v = (torch.rand(chains, len(b), generator=generator) < 0.5).to(W.dtype)
    terms = [torch.full((chains,), math.log(2) * sum(W.shape), dtype=W.dtype)]
    for t in range(1, len(betas)):
        terms += [log_f(v, W, b, c, betas[t]), -log_f(v, W, b, c, betas[t - 1])]
        if t == len(betas) - 1:
            break
        h = (torch.rand(chains, len(c), generator=generator) < torch.sigmoid(betas[t] * (v @ W + c))).to(W.dtype)
        v = (torch.rand(chains, len(b), generator=generator) < torch.sigmoid(betas[t] * (h @ W.T + b))).to(W.dtype)
    return sum(terms)


def estimate(log_weights):
    n, top = len(log_weights), log_weights.max()
    w = torch.exp(log_weights - top)
    return top + w.mean().log(), w.var().sqrt() / (w.mean() * math.sqrt(n))


def bridge(l0, l1):
    r = (l0.median() + l1.median()) / 2
    share = math.log(len(l1) / len(l0))
    for _ in range(5000):
        up = torch.logsumexp(torch.nn.functional.logsigmoid(l0 - r + share), dim=0)
        down = torch.logsumexp(torch.nn.functional.logsigmoid(r - l1 - share), dim=0)
        r = r + (up - down) / 2
    return r
