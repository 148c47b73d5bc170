"""The ends of an edge are taken to be independent."""
# fails: edges_by_enumeration

joint_dependent = sum_product


def sum_product(unary, edges, pair):
    marginals, joint, log_z = joint_dependent(unary, edges, pair)
    products = [marginals[i][:, None] * marginals[j] for i, j in edges]
    return marginals, torch.stack(products) if products else joint, log_z
