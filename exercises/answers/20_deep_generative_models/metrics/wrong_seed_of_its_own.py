"""The sets do not come from the generator."""
# fails: bias_of_small_sets

def frechet_bias(n, d, runs, generator):
    generator = torch.Generator().manual_seed(0)
    draw = lambda: torch.randn(n, d, generator=generator, dtype=torch.float64)
    return sum(frechet_distance(draw(), draw()).item() for _ in range(runs)) / runs
