"""The chain leans to the right."""
# fails: trees_of_four_leaves


def left_chain(T):
    tree = T - 1
    for leaf in reversed(range(T - 1)):
        tree = (leaf, tree)
    return tree
