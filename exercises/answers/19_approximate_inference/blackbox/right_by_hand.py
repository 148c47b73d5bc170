"""Draw by draw, masks for the factor, gradient ascent with momentum of its own, halves of draws mirrored."""

def path_gradients(mu, log_sigma, eps, slope):
    sigma = torch.exp(log_sigma)
    along = torch.cat([slope((mu + sigma * row)[None]) for row in eps])
    return along, along * (sigma[None] * eps)


def score_gradients(mu, log_sigma, eps, f):
    z = mu + torch.exp(log_sigma) * eps
    q = torch.distributions.Normal(mu.clone().requires_grad_(), 1.0)
    by_mu = (z - q.mean.detach()) / torch.exp(2 * log_sigma)
    by_log = ((z - mu) / torch.exp(log_sigma)) ** 2 - 1
    return f(z).reshape(-1, 1) * by_mu, f(z).reshape(-1, 1) * by_log


def scale_tril(raw):
    below = torch.ones_like(raw).tril(-1)
    return torch.where(below == 1, raw, torch.zeros_like(raw)) + torch.diag_embed(torch.exp(torch.diagonal(raw)))


def elbo_estimate(mu, raw, eps, X, y, N):
    L = scale_tril(raw)
    w = mu + torch.einsum("ij,sj->si", L, eps)
    values = log_prior(w) + log_likelihoods(w, X, y).mean(dim=1) * N
    return values.mean() + torch.logdet(L) + len(mu) / 2 * math.log(2 * math.pi * math.e)


def fit(X, y, full, batch, generator):
    N, d = X.shape
    mu, raw = torch.zeros(d, dtype=X.dtype), -torch.eye(d, dtype=X.dtype)
    m1, m2, s1, s2 = (torch.zeros_like(t) for t in (mu, raw, mu, raw))
    for step in range(1, 221):
        rows = torch.randperm(N, generator=generator)[:batch]
        half = torch.randn(6, d, generator=generator, dtype=X.dtype)
        a, b = mu.clone().requires_grad_(), raw.clone().requires_grad_()
        b_used = b if full else torch.diag(b.diagonal())
        g, h = torch.autograd.grad(elbo_estimate(a, b_used, torch.cat([half, -half]), X[rows], y[rows], N), (a, b))
        m1, m2 = 0.9 * m1 + 0.1 * g, 0.9 * m2 + 0.1 * h
        s1, s2 = 0.99 * s1 + 0.01 * g * g, 0.99 * s2 + 0.01 * h * h
        fix1, fix2, rate = 1 - 0.9**step, 1 - 0.99**step, 0.1 * (1 - step / 221)
        mu = mu + rate * (m1 / fix1) / ((s1 / fix2).sqrt() + 1e-8)
        raw = raw + rate * (m2 / fix1) / ((s2 / fix2).sqrt() + 1e-8)
    return mu, scale_tril(raw if full else torch.diag(raw.diagonal()))
