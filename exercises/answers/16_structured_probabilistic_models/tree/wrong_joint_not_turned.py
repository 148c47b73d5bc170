"""Joint distributions are read from node 0 outwards, not from the first node of the pair."""
# fails: edges_by_enumeration

joint_turned = sum_product


def sum_product(unary, edges, pair):
    marginals, joint, log_z = joint_turned(unary, edges, pair)
    joint = joint.clone()
    for before, after, table, e in outwards(edges, pair):
        if edges[e][0] != before:
            joint[e] = joint[e].T.clone()
    return marginals, joint, log_z
