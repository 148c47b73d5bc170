"""Conditioned on Y: I(X; Z | Y)."""
# fails: average_over_z, chain_and_fork, collider, tables_with_zeros


def conditional_mutual_information(joint):
    joint = joint.transpose(1, 2)
    p_z = joint.sum(dim=(0, 1), keepdim=True)
    p_xz, p_yz = joint.sum(dim=1, keepdim=True), joint.sum(dim=0, keepdim=True)
    return (torch.xlogy(joint, joint) + torch.xlogy(joint, p_z) - torch.xlogy(joint, p_xz) - torch.xlogy(joint, p_yz)).sum()
