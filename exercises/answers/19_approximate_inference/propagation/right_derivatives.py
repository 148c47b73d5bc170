"""Moments from derivatives of the log-mass by autograd; sites as natural parameters in tensors; the mode by bisection."""

def probit_moments(a, m, v):
    x = m.detach().clone().requires_grad_()
    log_mass = torch.special.log_ndtr(a * x / torch.sqrt(1 + a * a * v))
    s = torch.sqrt(1 + a * a * v)
    z = a * m / s
    first = a / s * torch.exp(-(z**2) / 2 - math.log(2 * math.pi) / 2 - log_mass.detach())
    second = -first * (a / s * z + first)
    return log_mass.detach(), m + v * first, v + v**2 * second


def ep(moments, n, m0, v0, sweeps):
    P, S = torch.zeros(n, dtype=torch.float64), torch.zeros(n, dtype=torch.float64)
    C = torch.zeros(n, dtype=torch.float64)
    norm = lambda p, s: s * s / 2 / p - torch.log(p) / 2
    for _ in range(sweeps):
        for i in range(n):
            others = torch.arange(n) != i
            p, s = 1 / v0 + P[others].sum(), m0 / v0 + S[others].sum()
            if p <= 0:
                continue
            log_mass, mean, variance = moments(i, (s / p).item(), (1 / p).item())
            P[i], S[i] = 1 / variance - p, mean / variance - s
            C[i] = log_mass - norm(p + P[i], s + S[i]) + norm(p, s)
    p, s = P.sum() + 1 / v0, S.sum() + m0 / v0
    prior = torch.tensor([1 / v0, m0 / v0], dtype=torch.float64)
    return s / p, 1 / p, C.sum() + norm(p, s) - norm(*prior)


def laplace(a, m0, v0):
    def slope(w):
        z = a * w
        return (a * torch.exp(-(z**2) / 2 - torch.special.log_ndtr(z))).sum().item() / math.sqrt(2 * math.pi) - (w - m0) / v0

    low, high = m0 - 100.0, m0 + 100.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    w = torch.tensor(low, dtype=torch.float64, requires_grad=True)
    value = torch.special.log_ndtr(a * w).sum() - (w - m0) ** 2 / 2 / v0 - math.log(2 * math.pi * v0) / 2
    g = torch.autograd.grad(value, w, create_graph=True)[0]
    variance = -1 / torch.autograd.grad(g, w)[0].item()
    return low, variance, value.item() + math.log(2 * math.pi * variance) / 2
