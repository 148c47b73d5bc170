"""Factors are counted, not neighbours."""
# fails: fewest_neighbours


def greedy_order(factors):
    scopes, order = [set(names) for names, _ in factors], []
    while any(scopes):
        left = sorted(set().union(*scopes))
        v = min(left, key=lambda u: sum(u in s for s in scopes))
        merged = set().union(*[s for s in scopes if v in s]) - {v}
        scopes = [s for s in scopes if v not in s] + [merged]
        order.append(v)
    return order
