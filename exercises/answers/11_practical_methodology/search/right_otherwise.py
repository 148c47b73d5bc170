"""Exponents, heaps of tuples, Cholesky factors, and the normal distribution of torch."""


def log_uniform(low, high, generator):
    a, b = math.log10(low), math.log10(high)
    return min(max(10 ** (a + (b - a) * float(torch.rand(1, generator=generator, dtype=torch.float64))), low), high)


def two_stage_search(f, space, generator, explore=20, exploit=10, reach=0.5):
    tried = []

    def best():
        finite = [(value, i) for i, (_, value) in enumerate(tried) if value == value]
        return tried[min(finite)[1]] if finite else (None, math.inf)

    history = []
    while len(tried) < explore + exploit:
        setting, center = {}, best()[0]
        for name, (low, high) in space.items():
            if len(tried) < explore or center is None:
                setting[name] = log_uniform(low, high, generator)
            else:
                u = (2 * torch.rand((), generator=generator, dtype=torch.float64).item() - 1) * reach
                setting[name] = max(low, min(high, center[name] * 10**u))
        tried.append((setting, f(setting)))
        history.append(best()[1])
    return best()[0], history


def successive_halving(f, settings, budget, eta=3):
    spent, last = 0, False
    while not last:
        last = len(settings) == 1
        scored = []
        for i, setting in enumerate(settings):
            value = f(setting, budget)
            scored.append((value != value, value, i))
            spent += budget
        settings = [settings[i] for _, _, i in sorted(scored)[: len(settings) // eta or 1]]
        budget *= eta
    return settings[0], spent


def gp_posterior(X, y, new, length, noise):
    k = lambda a, b: (-(a[:, None] - b).square().sum(2) / (2 * length**2)).exp()
    L = torch.linalg.cholesky(k(X, X) + noise * torch.eye(len(X), dtype=X.dtype))
    A = torch.linalg.solve_triangular(L, k(X, new), upper=False)
    b = torch.linalg.solve_triangular(L, y[:, None], upper=False)
    return (A.T @ b)[:, 0], (1 - A.square().sum(0)).clamp(min=0).sqrt()


def expected_improvement(mu, sigma, best):
    out = torch.empty_like(mu)
    for i in range(len(mu)):
        m, s = mu[i].item(), sigma[i].item()
        if s == 0:
            out[i] = max(best - m, 0.0)
        else:
            z = (best - m) / s
            out[i] = (best - m) * (1 + math.erf(z / 2**0.5)) / 2 + s * math.exp(-z * z / 2) / (2 * math.pi) ** 0.5
    return out
