"""Columns divided by their sums where rows are asked for."""
# fails: weather_table, conditionals_given_x, conditionals_given_y, impossible_condition


def conditional(joint, given):
    p = joint.sum(dim=given, keepdim=True)
    if (p == 0).any():
        raise ValueError
    return joint / p
