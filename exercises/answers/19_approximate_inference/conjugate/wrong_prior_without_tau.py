"""The precision of the prior of μ isn't scaled by τ."""
# fails: first_cycle, fit_in_one_cycle, best_mean, fixed_points, when_it_has_converged, nothing_above_the_evidence

def update_mean(x, prior, tau):
    mu0, lam0, _, _ = prior
    lam = lam0 + len(x) * tau
    return (lam0 * mu0 + tau * x.sum().item()) / lam, lam
