"""The old noise level on the predicted data."""
# fails: deterministic_samples

def ddim_sample(eps, x_T, betas, times):
    left = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    x = x_T
    for t, after in zip(times, [*times[1:], 0], strict=True):
        noise = eps(x, torch.full((len(x),), t))
        x_0 = (x - (1 - left[t]).sqrt() * noise) / left[t].sqrt()
        x = left[after].sqrt() * x_0 + (1 - left[t]).sqrt() * (after > 0) * noise
    return x
