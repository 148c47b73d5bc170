"""The component is subtracted."""
# fails: beyond_the_class

def guided_noise(x, t, betas, means, weights, s, k, w):
    of_class = mixture_noise(x, t, betas, means[k : k + 1], torch.ones_like(weights[:1]), s)
    return (1 + w) * mixture_noise(x, t, betas, means, weights, s) - w * of_class
