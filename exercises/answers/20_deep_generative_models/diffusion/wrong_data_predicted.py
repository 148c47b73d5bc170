"""The prediction is compared with the data."""
# fails: losses_of_an_oracle, steps_and_noise_at_random

def ddpm_loss(eps, theta, x_0, betas, generator):
    t = torch.randint(1, len(betas) + 1, (len(x_0),), generator=generator)
    noise = torch.randn(x_0.shape, generator=generator, dtype=x_0.dtype)
    return ((x_0 - eps(q_sample(x_0, t, noise, betas), t, theta)) ** 2).mean()
