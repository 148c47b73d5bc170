"""A loss from which nothing can be learnt."""
# fails: gradients_of_the_loss

def ddpm_loss(eps, theta, x_0, betas, generator):
    t = torch.randint(1, len(betas) + 1, (len(x_0),), generator=generator)
    noise = torch.randn(x_0.shape, generator=generator, dtype=x_0.dtype)
    return torch.tensor(((noise - eps(q_sample(x_0, t, noise, betas), t, theta)) ** 2).mean().item(), dtype=x_0.dtype)
