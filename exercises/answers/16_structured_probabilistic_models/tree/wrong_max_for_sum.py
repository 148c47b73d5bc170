"""The largest term instead of the sum."""
# fails: marginals_of_three_spins, marginals_by_enumeration, partition_by_enumeration, edges_by_enumeration, three_hundred_spins, stars_and_single_nodes


def sum_product(unary, edges, pair):
    inside, steps, sent = unary.clone(), outwards(edges, pair), {}
    for before, after, table, e in reversed(steps):
        sent[after] = (table + inside[after]).amax(dim=1)
        inside[before] += sent[after]
    belief, joint = inside.clone(), torch.zeros_like(pair)
    for before, after, table, e in steps:
        both = (belief[before] - sent[after])[:, None] + table + inside[after]
        belief[after] = both.amax(dim=0)
        joint[e] = both if edges[e][0] == before else both.T
    return belief.softmax(dim=1), joint.flatten(1).softmax(dim=1).reshape(pair.shape), belief[0].amax().item()
