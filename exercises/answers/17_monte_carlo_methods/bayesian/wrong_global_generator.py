"""The generator is ignored."""
# fails: drift_and_noise

of_generator = sgld_step


def sgld_step(w, grad_prior, grad_likelihood, batch, N, step, generator):
    return of_generator(w, grad_prior, grad_likelihood, batch, N, step, None)
