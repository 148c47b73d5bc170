"""The answer by the library's distributions."""
# fails: all

from torch.distributions import Normal


def normal_log_prob(x, mean, variance):
    return Normal(mean, variance**0.5).log_prob(x)
