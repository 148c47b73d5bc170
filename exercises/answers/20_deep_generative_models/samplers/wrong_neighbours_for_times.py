"""From each time to its neighbour, not to the next one in the list."""
# fails: deterministic_samples

def ddim_sample(eps, x_T, betas, times):
    left = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    x = x_T
    for t, after in ((t, t - 1) for t in times):
        noise = eps(x, torch.full((len(x),), t))
        x_0 = (x - (1 - left[t]).sqrt() * noise) / left[t].sqrt()
        x = left[after].sqrt() * x_0 + (1 - left[after]).sqrt() * noise
    return x
