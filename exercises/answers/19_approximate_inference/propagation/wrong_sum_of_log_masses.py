"""The log-masses of the last sweep as the evidence."""
# fails: evidence_of_gaussian_factors, probit_at_the_fixed_point

given = ep


def ep(moments, n, m0, v0, sweeps):
    masses = [0.0] * n

    def seen(i, m, v):
        found = moments(i, m, v)
        masses[i] = found[0]
        return found

    mean, variance, _ = given(seen, n, m0, v0, sweeps)
    return mean, variance, sum(masses)
