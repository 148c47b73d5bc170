"""ᾱ of the step before below the noise."""
# fails: chains_of_a_gaussian, means_of_the_steps

def ddpm_sample(eps, x_T, betas, variance, generator):
    left = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    x = x_T
    for t in range(len(betas), 0, -1):
        beta = betas[t - 1]
        noise = eps(x, torch.full((len(x),), t))
        x = (x - beta / (1 - left[t] / (1 - beta) * (t > 1)).sqrt() * noise) / (1 - beta).sqrt()
        if t > 1:
            sigma = (beta if variance == "beta" else (1 - left[t - 1]) / (1 - left[t]) * beta).sqrt()
            x = x + sigma * torch.randn(x.shape, generator=generator, dtype=x.dtype)
    return x
