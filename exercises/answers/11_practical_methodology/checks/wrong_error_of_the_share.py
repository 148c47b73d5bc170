"""The standard error of the observed share."""
# fails: chance_by_the_binomial


def at_chance(hits, n, K, z=1.96):
    return abs(hits / n - 1 / K) <= z * math.sqrt(hits / n * (1 - hits / n) / n)
