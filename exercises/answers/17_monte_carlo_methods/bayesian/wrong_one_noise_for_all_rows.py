"""The same noise for all rows."""
# fails: drift_and_noise


def sgld_step(w, grad_prior, grad_likelihood, batch, N, step, generator):
    z = torch.randn(1, w.shape[1], generator=generator, dtype=w.dtype)
    return w + step / 2 * (grad_prior(w) + N / len(batch) * grad_likelihood(w, batch)) + math.sqrt(step) * z
