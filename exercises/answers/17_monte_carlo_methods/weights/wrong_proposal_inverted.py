"""q / p as the weight."""
# fails: rare_event, tails_of_the_normal


def tail_probability(a, n, generator):
    x = a + torch.randn(n, generator=generator, dtype=torch.float64)
    return importance((x > a).double(), a * x - a**2 / 2)
