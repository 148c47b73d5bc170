"""Arrows are dropped, nothing is married."""
# fails: chain_fork_collider, descendants_of_colliders, separations_of_networkx


def d_separated(parents, x, y, given):
    reached, waiting = set(given), [x]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += [*parents[node], *[c for c, family in enumerate(parents) if node in family]]
    return y not in reached
