"""Neighbours aren't joined when a variable is eliminated."""
# fails: fewest_neighbours


def greedy_order(factors):
    around = {}
    for names, _ in factors:
        for v in names:
            around[v] = around.get(v, set()) | (set(names) - {v})
    order = []
    while around:
        v = min(around, key=lambda u: len(around[u]))
        del around[v]
        for others in around.values():
            others.discard(v)
        order.append(v)
    return order
