"""Tables of one value of Z that do not sum to 1."""
# fails: two_coins_and_their_difference, average_over_z, chain_and_fork, collider, tables_with_zeros, inputs_kept


def conditional_mutual_information(joint):
    p_xz, p_yz = joint.sum(dim=1, keepdim=True), joint.sum(dim=0, keepdim=True)
    return (torch.xlogy(joint, joint) - torch.xlogy(joint, p_xz) - torch.xlogy(joint, p_yz)).sum().double()
