"""The answer imported from the library."""
# fails: all

from dlcore.generative import classifier_free_guidance


def guided_noise(x, t, betas, means, weights, s, k, w):
    of_class = mixture_noise(x, t, betas, means[k : k + 1], torch.ones_like(weights[:1]), s)
    return classifier_free_guidance(of_class, mixture_noise(x, t, betas, means, weights, s), w)
