"""A node's own potential is left out of what it sends."""
# fails: marginals_of_three_spins, marginals_by_enumeration, partition_by_enumeration, edges_by_enumeration, three_hundred_spins, stars_and_single_nodes


def sum_product(unary, edges, pair):
    steps, sent = outwards(edges, pair), {}
    heard = torch.zeros_like(unary)
    for before, after, table, e in reversed(steps):
        sent[after] = torch.logsumexp(table + heard[after], dim=1)
        heard[before] += sent[after]
    joint = torch.zeros_like(pair)
    log_z = torch.logsumexp(heard[0] + unary[0], dim=0)
    for before, after, table, e in steps:
        both = (heard[before] - sent[after])[:, None] + table + heard[after]
        heard[after] = heard[after] + torch.logsumexp((heard[before] - sent[after])[:, None] + table, dim=0)
        joint[e] = both if edges[e][0] == before else both.T
    return (heard + unary).softmax(dim=1), joint.flatten(1).softmax(dim=1).reshape(pair.shape), log_z.item()
