"""The expected precision of the exact posterior, without cycles."""
# fails: fit_in_one_cycle, when_it_has_converged

def fit_normal_gamma(x, prior, tol, most):
    mu0, lam0, a0, b0 = prior
    mu, a = (lam0 * mu0 + x.sum().item()) / (lam0 + len(x)), a0 + (len(x) + 1) / 2
    tau = (a0 + len(x) / 2) / (b0 + (((x - mu) ** 2).sum().item() + lam0 * (mu - mu0) ** 2) / 2)
    return mu, (lam0 + len(x)) * tau, a, a / tau, True
