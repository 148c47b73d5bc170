"""Always one with the most neighbours."""
# fails: order_of_a_small_star, fewest_neighbours


def greedy_order(factors):
    around = {}
    for names, _ in factors:
        for v in names:
            around[v] = around.get(v, set()) | (set(names) - {v})
    order = []
    while around:
        v = max(around, key=lambda u: len(around[u]))
        near = around.pop(v)
        for u in near:
            around[u] = (around[u] | near) - {u, v}
        order.append(v)
    return order
