"""The answer from the library."""
# fails: all

from scipy import stats


def estimate(values, level=0.95):
    error = float(stats.sem(values.numpy()))
    return (values.mean().item(), error, *map(float, stats.norm.interval(level, loc=values.mean().item(), scale=error)))


def integrate(f, kind, n, repeats, generator):
    u = torch.from_numpy(stats.uniform.rvs(size=(repeats, n)))
    return f(u).mean(dim=1)
