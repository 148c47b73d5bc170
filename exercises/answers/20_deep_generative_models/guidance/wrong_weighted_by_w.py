"""The convention in which w = 1 is the component alone."""
# fails: beyond_the_class

def guided_noise(x, t, betas, means, weights, s, k, w):
    of_class = mixture_noise(x, t, betas, means[k : k + 1], torch.ones_like(weights[:1]), s)
    return w * of_class + (1 - w) * mixture_noise(x, t, betas, means, weights, s)
