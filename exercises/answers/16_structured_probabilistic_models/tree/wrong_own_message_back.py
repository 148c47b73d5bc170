"""What a node sends contains what the receiver told it."""
# fails: marginals_of_three_spins, marginals_by_enumeration, edges_by_enumeration, stars_and_single_nodes


def sum_product(unary, edges, pair):
    inside, steps, sent = unary.clone(), outwards(edges, pair), {}
    for before, after, table, e in reversed(steps):
        sent[after] = torch.logsumexp(table + inside[after], dim=1)
        inside[before] += sent[after]
    belief, joint = inside.clone(), torch.zeros_like(pair)
    log_z = torch.logsumexp(inside[0], dim=0)
    for before, after, table, e in steps:
        both = belief[before][:, None] + table + inside[after]
        belief[after] = torch.logsumexp(both, dim=0)
        joint[e] = both if edges[e][0] == before else both.T
    return belief.softmax(dim=1), joint.flatten(1).softmax(dim=1).reshape(pair.shape), log_z.item()
