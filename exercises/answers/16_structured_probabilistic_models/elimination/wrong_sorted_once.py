"""Sorted by the number of neighbours in the beginning."""
# fails: fewest_neighbours


def greedy_order(factors):
    around = {}
    for names, _ in factors:
        for v in names:
            around[v] = around.get(v, set()) | (set(names) - {v})
    return sorted(around, key=lambda u: len(around[u]))
