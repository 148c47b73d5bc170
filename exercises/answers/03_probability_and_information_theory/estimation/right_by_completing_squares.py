"""Welford's recursion, the posterior of the mean through its weights, the interval by midpoints."""


def gaussian_mle(x):
    mean, total = torch.zeros_like(x[0]), torch.zeros_like(x[0])
    for n, value in enumerate(x, start=1):
        step = value - mean
        mean = mean + step / n
        total = total + step * (value - mean)
    return mean, total / len(x)


def map_mean(x, variance, prior_mean, prior_variance):
    share = prior_variance / (prior_variance + variance / len(x))
    return prior_mean + share * (x - prior_mean).mean()


def beta_update(alpha, beta, k, n):
    return (alpha + k, beta + (n - k))


def credible_interval(alpha, beta, mass=0.95):
    n = 400_000
    x = (torch.arange(n, dtype=torch.float64) + 0.5) / n
    density = torch.softmax((alpha - 1) * x.log() + (beta - 1) * (1 - x).log(), dim=0)
    below = density.cumsum(0)
    tail = (1 - mass) / 2
    return int((below < tail).sum()) / n, int((below < 1 - tail).sum()) / n
