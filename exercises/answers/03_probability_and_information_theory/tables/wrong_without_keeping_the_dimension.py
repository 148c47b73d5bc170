"""The sums divide along the wrong dimension when the table is square, and fit in no other."""
# fails: conditionals_given_x, impossible_condition


def conditional(joint, given):
    p = joint.sum(dim=1 - given)
    if (p == 0).any():
        raise ValueError
    return joint / p
