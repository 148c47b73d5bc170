"""The steps come as a tensor of floats."""
# fails: steps_in_order

def ddim_sample(eps, x_T, betas, times):
    bars = torch.cat([torch.ones(1, dtype=betas.dtype), torch.cumprod(1 - betas, dim=0)])
    x = x_T
    for t, after in zip(times, [*times[1:], 0]):
        e = eps(x, torch.full((len(x),), float(t)))
        x_0 = (x - (1 - bars[t]).sqrt() * e) / bars[t].sqrt()
        x = bars[after].sqrt() * x_0 + (1 - bars[after]).sqrt() * e
    return x
