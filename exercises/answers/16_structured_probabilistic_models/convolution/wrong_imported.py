"""The answer imported from networkx."""
# fails: all

import networkx


def same_colors(edges, n, other_edges, m):
    hashes = []
    for e, k in ((edges, n), (other_edges, m)):
        graph = networkx.empty_graph(k)
        graph.add_edges_from(e.T.tolist())
        hashes.append(networkx.weisfeiler_lehman_graph_hash(graph, iterations=n + m))
    return hashes[0] == hashes[1]
