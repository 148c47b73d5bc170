"""Cavities without a variance are asked for their moments."""
# fails: cavities_without_variance

def ep(moments, n, m0, v0, sweeps):
    A = lambda precision, shift: shift**2 / (2 * precision) - math.log(abs(precision)) / 2
    precision, shift = 1 / v0, m0 / v0
    sites, scales = [(0.0, 0.0)] * n, [0.0] * n
    for _ in range(sweeps):
        for i in range(n):
            rest, drift = precision - sites[i][0], shift - sites[i][1]
            log_mass, mean, variance = moments(i, drift / rest, 1 / rest)
            precision, shift = 1 / variance, mean / variance
            sites[i] = (precision - rest, shift - drift)
            scales[i] = log_mass - A(precision, shift) + A(rest, drift)
    return shift / precision, 1 / precision, sum(scales) + A(precision, shift) - A(1 / v0, m0 / v0)
