"""The ancestors of x and y are kept, those of the given nodes forgotten."""
# fails: chain_fork_collider, descendants_of_colliders, separations_of_networkx


def d_separated(parents, x, y, given):
    relevant, waiting = set(), [x, y]
    while waiting:
        node = waiting.pop()
        if node not in relevant:
            relevant.add(node)
            waiting += parents[node]
    kept = [family if i in relevant else [] for i, family in enumerate(parents)]
    reached, waiting = set(given), [x]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += moral_graph(kept)[node].nonzero()[:, 0].tolist()
    return y not in reached
