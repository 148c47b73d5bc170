"""ln E[τ] for E[ln τ]."""
# fails: bounds_by_quadrature, nothing_above_the_evidence

def normal_gamma_elbo(x, prior, q):
    (mu0, lam0, a0, b0), (mu, lam, a, b), n = prior, q, len(x)
    tau, log_tau = a / b, math.log(a / b)
    squares = ((x - mu) ** 2).sum().item() + lam0 * (mu - mu0) ** 2 + (n + lam0) / lam
    joint = (n + 1) / 2 * (log_tau - math.log(2 * math.pi)) + math.log(lam0) / 2 - tau * squares / 2
    joint += a0 * math.log(b0) - math.lgamma(a0) + (a0 - 1) * log_tau - b0 * tau
    digamma = torch.special.digamma(torch.tensor(a, dtype=torch.float64)).item()
    return joint + (1 + math.log(2 * math.pi / lam)) / 2 + a - math.log(b) + math.lgamma(a) + (1 - a) * digamma
