"""Assumed density filtering, however many sweeps are asked for."""
# fails: probit_at_the_fixed_point, cavities_without_variance

given = ep


def ep(moments, n, m0, v0, sweeps):
    return given(moments, n, m0, v0, 1)
