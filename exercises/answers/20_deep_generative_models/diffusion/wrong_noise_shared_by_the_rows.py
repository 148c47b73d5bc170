"""One noise for all rows."""
# fails: steps_and_noise_at_random

def ddpm_loss(eps, theta, x_0, betas, generator):
    t = torch.randint(1, len(betas) + 1, (len(x_0),), generator=generator)
    noise = torch.randn(x_0[:1].shape, generator=generator, dtype=x_0.dtype).expand_as(x_0)
    return ((noise - eps(q_sample(x_0, t, noise, betas), t, theta)) ** 2).mean()
