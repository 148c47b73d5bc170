"""The flag is always True."""
# fails: when_it_has_converged

def fit_normal_gamma(x, prior, tol, most):
    tau = prior[2] / prior[3]
    for _ in range(most):
        mu, lam = update_mean(x, prior, tau)
        a, b = update_precision(x, prior, mu, lam)
        last, tau = tau, a / b
        if abs(tau - last) <= tol * tau:
            break
    return mu, lam, a, b, True
