"""Steps from 0 to T - 1."""
# fails: losses_of_an_oracle, steps_and_noise_at_random

def ddpm_loss(eps, theta, x_0, betas, generator):
    t = torch.randint(0, len(betas), (len(x_0),), generator=generator)
    noise = torch.randn(x_0.shape, generator=generator, dtype=x_0.dtype)
    return ((noise - eps(q_sample(x_0, t, noise, betas), t, theta)) ** 2).mean()
