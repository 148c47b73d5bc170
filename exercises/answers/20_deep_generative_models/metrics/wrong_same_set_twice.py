"""A set with itself."""
# fails: bias_of_small_sets

def frechet_bias(n, d, runs, generator):
    draw = lambda: torch.randn(n, d, generator=generator, dtype=torch.float64)
    return sum((lambda X: frechet_distance(X, X))(draw()).item() for _ in range(runs)) / runs
