"""The other components in place of the whole mixture."""
# fails: beyond_the_class

def guided_noise(x, t, betas, means, weights, s, k, w):
    of_class = mixture_noise(x, t, betas, means[k : k + 1], torch.ones_like(weights[:1]), s)
    return (1 + w) * of_class - w * mixture_noise(x, t, betas, torch.cat([means[:k], means[k + 1 :]]), torch.cat([weights[:k], weights[k + 1 :]]), s)
