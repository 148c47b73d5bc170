"""Only exactly 1/K is chance."""
# fails: chance_by_hand, chance_by_the_binomial


def at_chance(hits, n, K, z=1.96):
    return hits / n == 1 / K
