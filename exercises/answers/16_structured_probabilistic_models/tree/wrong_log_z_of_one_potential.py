"""Messages are normalised, and their sums forgotten in ln Z."""
# fails: marginals_of_three_spins, partition_by_enumeration, three_hundred_spins

log_z_with_all = sum_product


def sum_product(unary, edges, pair):
    marginals, joint, _ = log_z_with_all(unary, edges, pair)
    inside = unary.clone()
    for before, after, table, _ in reversed(outwards(edges, pair)):
        inside[before] += torch.log_softmax(torch.logsumexp(table + inside[after], dim=1), dim=0)
    return marginals, joint, torch.logsumexp(inside[0], dim=0).item()
