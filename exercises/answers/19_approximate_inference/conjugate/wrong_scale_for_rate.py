"""The expected precision as shape times rate."""
# fails: fit_in_one_cycle, fixed_points, when_it_has_converged, nothing_above_the_evidence

def fit_normal_gamma(x, prior, tol, most):
    tau, converged = prior[2] * prior[3], False
    for _ in range(most):
        mu, lam = update_mean(x, prior, tau)
        a, b = update_precision(x, prior, mu, lam)
        converged = abs(a * b - tau) <= tol * a * b
        tau = a * b
        if converged:
            break
    return mu, lam, a, b, converged
