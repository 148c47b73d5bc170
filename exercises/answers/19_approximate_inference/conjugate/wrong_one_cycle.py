"""One cycle, however many are allowed."""
# fails: fixed_points, when_it_has_converged, nothing_above_the_evidence

def fit_normal_gamma(x, prior, tol, most):
    mu, lam = update_mean(x, prior, prior[2] / prior[3])
    a, b = update_precision(x, prior, mu, lam)
    return mu, lam, a, b, abs(a / b - prior[2] / prior[3]) <= tol * a / b
