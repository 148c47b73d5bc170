"""The means of the noisy data are those of the data."""
# fails: beyond_the_class, far_from_all_means, noise_and_score_of_a_mixture, one_component

def mixture_noise(x, t, betas, means, weights, s):
    left = torch.cumprod(1 - betas, dim=0)[t - 1, None]
    variance = left * s**2 + 1 - left
    away = x[:, None] - means
    share = torch.softmax(weights.log() - (away**2).sum(dim=2) / 2 / variance, dim=1)
    return (1 - left).sqrt() * (share[..., None] * away).sum(dim=1) / variance
