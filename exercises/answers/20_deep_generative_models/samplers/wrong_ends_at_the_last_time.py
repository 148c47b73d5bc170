"""The last jump, to 0, is missing."""
# fails: deterministic_samples, one_step_to_the_data, steps_in_order

def ddim_sample(eps, x_T, betas, times):
    left = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    x = x_T
    for t, after in zip(times[:-1], times[1:]):
        noise = eps(x, torch.full((len(x),), t))
        x_0 = (x - (1 - left[t]).sqrt() * noise) / left[t].sqrt()
        x = left[after].sqrt() * x_0 + (1 - left[after]).sqrt() * noise
    return x
