"""The right part stands first."""
# fails: chain_is_a_recurrent_network, other_trees


def tree_state(tree, E, W, b):
    if isinstance(tree, int):
        return E[tree]
    left, right = (tree_state(part, E, W, b) for part in tree)
    return torch.tanh(W @ torch.cat([right, left]) + b)
