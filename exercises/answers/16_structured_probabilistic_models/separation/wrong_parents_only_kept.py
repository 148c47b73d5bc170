"""Only the nodes named and their parents are kept, not all ancestors."""
# fails: chain_fork_collider, descendants_of_colliders, separations_of_networkx


def d_separated(parents, x, y, given):
    relevant = {x, y, *given}
    kept = [family if i in relevant else [] for i, family in enumerate(parents)]
    reached, waiting = set(given), [x]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += moral_graph(kept)[node].nonzero()[:, 0].tolist()
    return y not in reached
