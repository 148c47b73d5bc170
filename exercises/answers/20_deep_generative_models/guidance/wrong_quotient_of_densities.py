"""Densities that are rounded to 0 are divided."""
# fails: far_from_all_means

def mixture_noise(x, t, betas, means, weights, s):
    left = torch.cumprod(1 - betas, dim=0)[t - 1, None]
    variance = left * s**2 + 1 - left
    away = x[:, None] - left[..., None].sqrt() * means
    p = weights * torch.exp(-(away**2).sum(dim=2) / 2 / variance)
    share = p / p.sum(dim=1, keepdim=True)
    return (1 - left).sqrt() * (share[..., None] * away).sum(dim=1) / variance
