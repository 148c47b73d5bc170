"""Standard deviations, traces, and an estimate by the logarithm's derivative."""


def kl_to_prior(mu, logvar):
    return 0.5 * (torch.square(mu) + torch.expm1(logvar)).sum(-1) - 0.5 * logvar.sum(-1)


def reparameterize(mu, logvar, generator):
    sigma = torch.sqrt(torch.exp(logvar))
    return torch.empty_like(mu).normal_(generator=generator) * sigma + mu


def linear_elbo(X, W, sigma2, mu, logvar):
    found = []
    for x, m, v in zip(X, mu, logvar.exp()):
        moments = torch.outer(m, m) + torch.diag(v)
        error = x @ x - 2 * x @ W @ m + torch.trace(W @ moments @ W.T)
        fit = -len(x) / 2 * math.log(2 * math.pi * sigma2) - error / (2 * sigma2)
        found.append(fit - (torch.trace(moments) - len(m) - v.log().sum()) / 2)
    return torch.stack(found)


def gradient_samples(f, slope, mu, sigma, n, generator):
    noise = torch.randn(n, generator=generator, dtype=torch.float64)
    z = mu + sigma * noise
    return slope(z), f(z) * noise / sigma
