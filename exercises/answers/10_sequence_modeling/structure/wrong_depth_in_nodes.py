"""A leaf counts as a level."""
# fails: shapes_of_trees, trees_of_four_leaves

whole = depth


def depth(tree):
    return whole(tree) + 1
