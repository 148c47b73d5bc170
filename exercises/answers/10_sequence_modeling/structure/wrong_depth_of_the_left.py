"""Only the left part is followed."""
# fails: shapes_of_trees


def depth(tree):
    return 0 if isinstance(tree, int) else 1 + depth(tree[0])
