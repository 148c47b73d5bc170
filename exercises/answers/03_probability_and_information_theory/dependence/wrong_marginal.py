"""I(X; Y) without looking at Z."""
# fails: two_coins_and_their_difference, average_over_z, chain_and_fork, collider, tables_with_zeros


def conditional_mutual_information(joint):
    p = joint.sum(dim=2)
    product = torch.outer(p.sum(dim=1), p.sum(dim=0))
    return (torch.xlogy(p, p) - torch.xlogy(p, product)).sum()
