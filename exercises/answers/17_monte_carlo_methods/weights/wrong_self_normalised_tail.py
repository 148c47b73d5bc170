"""Weights normalised although both densities are known."""
# fails: rare_event, tails_of_the_normal


def tail_probability(a, n, generator):
    x = a + torch.randn(n, generator=generator, dtype=torch.float64)
    return self_normalized((x > a).double(), -a * x)
