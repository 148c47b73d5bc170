"""nan for tables with zeros."""
# fails: two_coins_and_their_difference, tables_with_zeros


def conditional_mutual_information(joint):
    p_z = joint.sum(dim=(0, 1), keepdim=True)
    p_xz, p_yz = joint.sum(dim=1, keepdim=True), joint.sum(dim=0, keepdim=True)
    return (joint * (joint * p_z / (p_xz * p_yz)).log()).sum()
