"""Gradient ascent."""
# fails: drift_and_noise


def sgld_step(w, grad_prior, grad_likelihood, batch, N, step, generator):
    return w + step / 2 * (grad_prior(w) + N / len(batch) * grad_likelihood(w, batch))
