"""Each part with its own mean and variance, as for a correlation coefficient."""
# fails: ten_draws_by_hand, correlations_of_chains, sums_of_pairs


def autocorrelation(x, lags):
    if (x == x[0]).all():
        raise ValueError("a chain that never moves")
    out = [torch.tensor(1.0, dtype=x.dtype)]
    for k in range(1, lags + 1):
        a, b = x[:-k] - x[:-k].mean(), x[k:] - x[k:].mean()
        out.append((a @ b) / (a.norm() * b.norm()).clamp(min=1e-12))
    return torch.stack(out)
