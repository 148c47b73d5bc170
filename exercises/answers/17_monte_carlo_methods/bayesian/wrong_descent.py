"""Down the slope of the density."""
# fails: drift_and_noise

uphill = sgld_step


def sgld_step(w, grad_prior, grad_likelihood, batch, N, step, generator):
    return uphill(w, lambda w: -grad_prior(w), lambda w, b: -grad_likelihood(w, b), batch, N, step, generator)
