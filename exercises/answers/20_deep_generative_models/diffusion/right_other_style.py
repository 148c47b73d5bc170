"""Logarithms added, loops over rows, conversions by way of the data."""

def alpha_bar(betas):
    return torch.exp(torch.cumsum(torch.log1p(-betas), dim=0))


def cosine_betas(T, s, most):
    f = lambda t: math.cos((t / T + s) / (1 + s) * math.pi / 2) ** 2
    return torch.tensor([min(1 - f(t) / f(t - 1), most) for t in range(1, T + 1)], dtype=torch.float64)


def like(factor, x):
    return factor.view((len(x),) + (1,) * (x.dim() - 1))


def q_sample(x_0, t, noise, betas):
    a = alpha_bar(betas)[t - 1]
    return like(torch.sqrt(a), x_0) * x_0 + like(torch.sqrt(1 - a), x_0) * noise


def q_posterior(x_t, x_0, t, betas):
    rows, variances = [], []
    a = alpha_bar(betas)
    for x, data, k in zip(x_t, x_0, t.tolist()):
        beta, before = betas[k - 1], a[k - 2] if k > 1 else torch.ones((), dtype=betas.dtype)
        variance = beta * (1 - before) / (1 - before * (1 - beta))
        mean = (before.sqrt() * beta * data + (1 - beta).sqrt() * (1 - before) * x) / (1 - before * (1 - beta))
        rows.append(mean)
        variances.append(variance)
    return torch.stack(rows), torch.stack(variances)


def convert(value, x_t, t, betas, given, wanted):
    if given == wanted:
        return value.clone()
    a = like(alpha_bar(betas)[t - 1], x_t)
    c, s = a.sqrt(), (1 - a).sqrt()
    x_0 = {"x0": lambda: value, "eps": lambda: (x_t - s * value) / c, "v": lambda: c * x_t - s * value}[given]()
    if wanted == "x0":
        return x_0
    eps = (x_t - c * x_0) / s
    return eps if wanted == "eps" else c * eps - s * x_0


def ddpm_loss(eps, theta, x_0, betas, generator):
    noise = torch.empty_like(x_0).normal_(generator=generator)
    t = 1 + (torch.rand(len(x_0), generator=generator) * len(betas)).long()
    return torch.nn.functional.mse_loss(eps(q_sample(x_0, t, noise, betas), t, theta), noise)
