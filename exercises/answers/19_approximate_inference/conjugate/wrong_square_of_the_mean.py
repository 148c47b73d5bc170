"""The square of the mean for the mean of the square: 1/λ is dropped."""
# fails: first_cycle, fit_in_one_cycle, best_precision, fixed_points, when_it_has_converged, nothing_above_the_evidence

def update_precision(x, prior, mu, lam):
    mu0, lam0, a0, b0 = prior
    return a0 + (len(x) + 1) / 2, b0 + ((x - mu) ** 2).sum().item() / 2 + lam0 * (mu - mu0) ** 2 / 2
