"""First a step by the prior, then one by the likelihood at the new weights."""
# fails: drift_and_noise


def sgld_step(w, grad_prior, grad_likelihood, batch, N, step, generator):
    w = w + step / 2 * grad_prior(w)
    w = w + step / 2 * N / len(batch) * grad_likelihood(w, batch)
    return w + math.sqrt(step) * torch.randn(w.shape, generator=generator, dtype=w.dtype)
