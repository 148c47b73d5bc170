"""All steps add the same noise."""
# fails: chains_of_a_gaussian

def ddpm_sample(eps, x_T, betas, variance, generator):
    left = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    x = x_T
    fresh = torch.randn(x.shape, generator=generator, dtype=x.dtype)
    for t in range(len(betas), 0, -1):
        beta = betas[t - 1]
        noise = eps(x, torch.full((len(x),), t))
        x = (x - beta / (1 - left[t]).sqrt() * noise) / (1 - beta).sqrt()
        if t > 1:
            sigma = (beta if variance == "beta" else (1 - left[t - 1]) / (1 - left[t]) * beta).sqrt()
            x = x + sigma * fresh
    return x
