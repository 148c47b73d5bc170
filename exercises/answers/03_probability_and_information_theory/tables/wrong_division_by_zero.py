"""A condition of probability 0 gives nan."""
# fails: impossible_condition


def conditional(joint, given):
    return joint / joint.sum(dim=1 - given, keepdim=True)
