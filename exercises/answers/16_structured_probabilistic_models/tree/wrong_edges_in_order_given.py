"""Edges are taken in the order of the list, as if each led outwards."""
# fails: marginals_by_enumeration, partition_by_enumeration, edges_by_enumeration, best_by_enumeration, stars_and_single_nodes


def outwards(edges, pair):
    return [(i, j, pair[e], e) for e, (i, j) in enumerate(edges)]
