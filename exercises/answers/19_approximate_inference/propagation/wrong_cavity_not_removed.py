"""The factor's own site stays in while its moments are taken: it counts twice."""
# fails: one_factor, exact_for_gaussian_factors, evidence_of_gaussian_factors, probit_at_the_fixed_point, cavities_without_variance

def ep(moments, n, m0, v0, sweeps):
    A = lambda precision, shift: shift**2 / (2 * precision) - math.log(precision) / 2
    precision, shift, scale = 1 / v0, m0 / v0, 0.0
    for _ in range(sweeps):
        for i in range(n):
            before = A(precision, shift)
            log_mass, mean, variance = moments(i, shift / precision, 1 / precision)
            precision, shift = 1 / variance, mean / variance
            scale += log_mass - A(precision, shift) + before
    return shift / precision, 1 / precision, scale + A(precision, shift) - A(1 / v0, m0 / v0)
