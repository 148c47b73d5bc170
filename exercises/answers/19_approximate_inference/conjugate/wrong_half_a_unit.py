"""The shape without the half of the prior of μ."""
# fails: first_cycle, fit_in_one_cycle, best_precision, fixed_points, when_it_has_converged, nothing_above_the_evidence

def update_precision(x, prior, mu, lam):
    mu0, lam0, a0, b0 = prior
    squares = ((x - mu) ** 2).sum().item() + lam0 * (mu - mu0) ** 2 + (len(x) + lam0) / lam
    return a0 + len(x) / 2, b0 + squares / 2
