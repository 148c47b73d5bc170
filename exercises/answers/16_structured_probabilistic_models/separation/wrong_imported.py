"""The answer imported from networkx."""
# fails: all

import networkx


def d_separated(parents, x, y, given):
    graph = networkx.DiGraph([(a, c) for c, family in enumerate(parents) for a in family])
    graph.add_nodes_from(range(len(parents)))
    return networkx.is_d_separator(graph, {x}, {y}, set(given))
