"""The components weighted as before x is known."""
# fails: beyond_the_class, far_from_all_means, noise_and_score_of_a_mixture

def mixture_noise(x, t, betas, means, weights, s):
    left = torch.cumprod(1 - betas, dim=0)[t - 1, None]
    variance = left * s**2 + 1 - left
    away = x[:, None] - left[..., None].sqrt() * means
    share = weights.expand(len(x), -1)
    return (1 - left).sqrt() * (share[..., None] * away).sum(dim=1) / variance
