"""The noise does not come from the generator."""
# fails: images_and_seeds

def ddpm_sample(eps, x_T, betas, variance, generator):
    left = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    x, own = x_T, torch.Generator().manual_seed(7)
    for t in range(len(betas), 0, -1):
        beta = betas[t - 1]
        noise = eps(x, torch.full((len(x),), t))
        x = (x - beta / (1 - left[t]).sqrt() * noise) / (1 - beta).sqrt()
        if t > 1:
            sigma = (beta if variance == "beta" else (1 - left[t - 1]) / (1 - left[t]) * beta).sqrt()
            x = x + sigma * torch.randn(x.shape, generator=own, dtype=x.dtype)
    return x
