"""Draws from the target itself."""
# fails: rare_event, tails_of_the_normal


def tail_probability(a, n, generator):
    return importance((torch.randn(n, generator=generator) > a).double(), torch.zeros(n))
