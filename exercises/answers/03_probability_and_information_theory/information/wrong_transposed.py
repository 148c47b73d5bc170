"""Columns taken for the conditional distributions; a symmetric joint table does not show it."""
# fails: conditional_entropy_of_tables, mutual_information_of_tables, impossible_outcomes, dtype_and_inputs_kept, gap_of_jensen


def conditional_entropy(p_x, channel, base=2):
    joint = p_x[:, None] * channel
    p_y = joint.sum(dim=0)
    given_y = joint / p_y
    return (p_y * -torch.xlogy(given_y, given_y).sum(dim=0)).sum() / math.log(base) + 0 * (p_x @ channel.T).sum()
