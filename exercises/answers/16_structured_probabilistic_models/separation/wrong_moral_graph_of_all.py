"""Separation in the moral graph of the whole network."""
# fails: chain_fork_collider, descendants_of_colliders, separations_of_networkx


def d_separated(parents, x, y, given):
    joined, reached, waiting = moral_graph(parents), set(given), [x]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += joined[node].nonzero()[:, 0].tolist()
    return y not in reached
