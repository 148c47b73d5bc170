"""The error of a coin for any number of classes."""
# fails: chance_by_the_binomial


def at_chance(hits, n, K, z=1.96):
    return abs(hits / n - 1 / K) <= z * 0.5 / math.sqrt(n)
