"""The entropies of the rows averaged without their weights."""
# fails: two_bits, impossible_outcomes, conditional_entropy_of_tables, mutual_information_of_tables


def conditional_entropy(p_x, channel, base=2):
    return -torch.xlogy(channel, channel).sum(dim=1).mean() / math.log(base)
