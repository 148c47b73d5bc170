"""The data are centred in place."""
# fails: fixed_points

def fit_normal_gamma(x, prior, tol, most):
    tau, converged = prior[2] / prior[3], False
    shift = x.mean().item()
    x -= shift
    prior = (prior[0] - shift, *prior[1:])
    for _ in range(most):
        mu, lam = update_mean(x, prior, tau)
        a, b = update_precision(x, prior, mu, lam)
        converged = abs(a / b - tau) <= tol * a / b
        tau = a / b
        if converged:
            break
    return mu + shift, lam, a, b, converged
