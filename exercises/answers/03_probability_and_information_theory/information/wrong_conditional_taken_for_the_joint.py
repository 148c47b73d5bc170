"""P(Y | X) used as if it were the joint table."""
# fails: two_bits, mutual_information_of_tables


def mutual_information(p_x, channel, base=2):
    joint = channel / channel.sum()
    return kl_divergence(joint.flatten(), torch.outer(joint.sum(dim=1), joint.sum(dim=0)).flatten(), base)
