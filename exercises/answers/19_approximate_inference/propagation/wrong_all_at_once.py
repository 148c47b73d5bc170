"""All sites of a sweep from the old approximation."""
# fails: one_sweep_filters, cavities_without_variance

def ep(moments, n, m0, v0, sweeps):
    A = lambda precision, shift: shift**2 / (2 * precision) - math.log(precision) / 2
    sites, scales = [(0.0, 0.0)] * n, [0.0] * n
    for _ in range(sweeps):
        precision, shift = 1 / v0 + sum(p for p, _ in sites), m0 / v0 + sum(s for _, s in sites)
        new = list(sites)
        for i in range(n):
            rest, drift = precision - sites[i][0], shift - sites[i][1]
            if rest > 0:
                log_mass, mean, variance = moments(i, drift / rest, 1 / rest)
                new[i] = (1 / variance - rest, mean / variance - drift)
                scales[i] = log_mass - A(1 / variance, mean / variance) + A(rest, drift)
        sites = new
    precision, shift = 1 / v0 + sum(p for p, _ in sites), m0 / v0 + sum(s for _, s in sites)
    return shift / precision, 1 / precision, sum(scales) + A(precision, shift) - A(1 / v0, m0 / v0)
