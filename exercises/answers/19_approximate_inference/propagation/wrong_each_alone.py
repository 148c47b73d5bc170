"""Each factor is matched beside the prior only, as if there were no others."""
# fails: one_sweep_filters, probit_at_the_fixed_point, cavities_without_variance

def ep(moments, n, m0, v0, sweeps):
    A = lambda precision, shift: shift**2 / (2 * precision) - math.log(precision) / 2
    precision, shift, scale = 1 / v0, m0 / v0, 0.0
    for i in range(n):
        log_mass, mean, variance = moments(i, m0, v0)
        precision, shift = precision + 1 / variance - 1 / v0, shift + (mean / variance - m0 / v0)
        scale += log_mass - A(1 / variance, mean / variance) + A(1 / v0, m0 / v0)
    return shift / precision, 1 / precision, scale + A(precision, shift) - A(1 / v0, m0 / v0)
