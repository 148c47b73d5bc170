"""The table of an edge is used the same way round in both directions."""
# fails: marginals_by_enumeration, partition_by_enumeration, edges_by_enumeration, best_by_enumeration, stars_and_single_nodes

tables_both_ways = outwards


def outwards(edges, pair):
    return [(before, after, pair[e], e) for before, after, _, e in tables_both_ways(edges, pair)]
