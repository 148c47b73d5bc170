"""The prior is scaled, too."""
# fails: drift_and_noise


def sgld_step(w, grad_prior, grad_likelihood, batch, N, step, generator):
    z = torch.randn(w.shape, generator=generator, dtype=w.dtype)
    return w + step / 2 * N / len(batch) * (grad_prior(w) + grad_likelihood(w, batch)) + math.sqrt(step) * z
