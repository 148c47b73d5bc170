"""The weights are moved in place."""
# fails: drift_and_noise


def sgld_step(w, grad_prior, grad_likelihood, batch, N, step, generator):
    slope = grad_prior(w) + N / len(batch) * grad_likelihood(w, batch)
    w += step / 2 * slope + math.sqrt(step) * torch.randn(w.shape, generator=generator, dtype=w.dtype)
    return w
