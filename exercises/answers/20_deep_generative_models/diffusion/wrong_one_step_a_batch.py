"""One step for the whole batch."""
# fails: steps_and_noise_at_random

def ddpm_loss(eps, theta, x_0, betas, generator):
    t = torch.randint(1, len(betas) + 1, (1,), generator=generator).expand(len(x_0))
    noise = torch.randn(x_0.shape, generator=generator, dtype=x_0.dtype)
    return ((noise - eps(q_sample(x_0, t, noise, betas), t, theta)) ** 2).mean()
