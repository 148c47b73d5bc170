"""The tolerance is compared with the change itself, not with the share."""
# fails: when_it_has_converged

def fit_normal_gamma(x, prior, tol, most):
    tau, converged = prior[2] / prior[3], False
    for _ in range(most):
        mu, lam = update_mean(x, prior, tau)
        a, b = update_precision(x, prior, mu, lam)
        converged = bool(abs(a / b - tau) <= tol)
        tau = a / b
        if converged:
            break
    return mu, lam, a, b, converged
