"""Exponentials as they come: products of hundreds of potentials overflow."""
# fails: three_hundred_spins


def sum_product(unary, edges, pair):
    inside, steps, sent = unary.exp(), outwards(edges, pair.exp()), {}
    for before, after, table, e in reversed(steps):
        sent[after] = table @ inside[after]
        inside[before] *= sent[after]
    belief, joint = inside.clone(), torch.zeros_like(pair)
    for before, after, table, e in steps:
        both = (belief[before] / sent[after])[:, None] * table * inside[after]
        belief[after] = both.sum(dim=0)
        joint[e] = both if edges[e][0] == before else both.T
    z = belief[0].sum()
    return belief / z, joint / z, z.log().item()
