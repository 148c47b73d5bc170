"""Less than chance counts as chance, too."""
# fails: chance_by_hand, chance_by_the_binomial


def at_chance(hits, n, K, z=1.96):
    return hits / n <= 1 / K + z * math.sqrt((1 - 1 / K) / K / n)
