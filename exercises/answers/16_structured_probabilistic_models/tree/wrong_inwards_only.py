"""Messages go to node 0 only."""
# fails: marginals_of_three_spins, marginals_by_enumeration, edges_by_enumeration, stars_and_single_nodes

messages_both_ways = sum_product


def sum_product(unary, edges, pair):
    inside = unary.clone()
    joint = torch.zeros_like(pair)
    for before, after, table, e in reversed(outwards(edges, pair)):
        both = table + inside[after]
        joint[e] = both if edges[e][0] == before else both.T
        inside[before] += torch.logsumexp(both, dim=1)
    return inside.softmax(dim=1), joint.flatten(1).softmax(dim=1).reshape(pair.shape), messages_both_ways(unary, edges, pair)[2]
