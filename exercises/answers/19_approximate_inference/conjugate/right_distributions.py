"""Sums of squares by moments, entropies from torch's distributions, tensors as numbers."""

def update_mean(x, prior, tau):
    mu0, lam0, *_ = prior
    n = len(x)
    return (lam0 * mu0 + n * x.mean()) / (lam0 + n), torch.tensor((lam0 + n) * tau, dtype=torch.float64)


def update_precision(x, prior, mu, lam):
    mu0, lam0, a0, b0 = prior
    second = mu * mu + 1 / lam
    data = (x * x).sum() - 2 * mu * x.sum() + len(x) * second
    return a0 + 0.5 * len(x) + 0.5, b0 + 0.5 * (data + lam0 * (second - 2 * mu * mu0 + mu0 * mu0))


def normal_gamma_elbo(x, prior, q):
    mu0, lam0, a0, b0 = prior
    mu, lam, a, b = (torch.as_tensor(part, dtype=torch.float64) for part in q)
    normal_q, gamma_q = torch.distributions.Normal(mu, lam**-0.5), torch.distributions.Gamma(a, b)
    level, log_tau = a / b, torch.special.digamma(a) - b.log()
    data = 0.5 * len(x) * (log_tau - math.log(2 * math.pi)) - level / 2 * (((x - mu) ** 2).sum() + len(x) / lam)
    mean = 0.5 * (math.log(lam0 / 2 / math.pi) + log_tau) - lam0 * level / 2 * ((mu - mu0) ** 2 + 1 / lam)
    gamma = torch.distributions.Gamma(torch.tensor(a0).double(), torch.tensor(b0).double())
    return data + mean - torch.distributions.kl_divergence(gamma_q, gamma) + normal_q.entropy()


def fit_normal_gamma(x, prior, tol, most):
    cycle, tau, last = 0, prior[2] / prior[3], math.inf
    while cycle < most and (cycle == 0 or abs(tau - last) > tol * tau):
        mu, lam = update_mean(x, prior, tau)
        a, b = update_precision(x, prior, mu, lam)
        last, tau, cycle = tau, float(a / b), cycle + 1
    return float(mu), float(lam), float(a), float(b), abs(tau - last) <= tol * tau
