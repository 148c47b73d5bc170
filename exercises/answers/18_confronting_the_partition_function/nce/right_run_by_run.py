"""Ratios of densities, a stable logsigmoid, one run after the other by Newton steps with matrices."""

def noise_posterior(s, log_noise, k):
    return 1 / (1 + torch.exp((math.log(k) + log_noise - s).clamp(max=700)))


def nce_loss(s_data, log_noise_data, s_noise, log_noise_noise, k):
    both = lambda s, ln: torch.stack([s, ln + math.log(k)])
    true = torch.log_softmax(both(s_data, log_noise_data), dim=0)[0]
    false = torch.log_softmax(both(s_noise, log_noise_noise), dim=0)[1]
    return -true.mean() - k * false.mean()


def fit_gaussian(x, y, sigma):
    k, z = len(y) / len(x), torch.cat([x, y])
    X = torch.stack([-z * z / 2, torch.ones_like(z)], dim=1)
    t = (torch.arange(len(z)) < len(x)).to(x.dtype)
    offset = math.log(k) - z * z / 2 / sigma**2 - math.log(sigma * math.sqrt(2 * math.pi))
    theta = torch.tensor([1 / sigma**2, -math.log(sigma * math.sqrt(2 * math.pi))], dtype=x.dtype)
    for _ in range(12):
        h = torch.sigmoid(X @ theta - offset)
        theta = theta - torch.linalg.solve((X.T * (h * (1 - h))) @ X, X.T @ (h - t))
    return theta[0], theta[1]


def nce_variance(n, k, sigma, runs, generator):
    found = []
    for _ in range(runs):
        y = sigma * torch.randn(k * n, generator=generator, dtype=torch.float64)
        x = torch.randn(n, generator=generator, dtype=torch.float64)
        found.append(float(fit_gaussian(x, y, sigma)[0]))
    return n * float(torch.tensor(found).var())
