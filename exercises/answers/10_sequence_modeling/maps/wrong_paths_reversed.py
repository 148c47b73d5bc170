"""Rows and columns exchanged."""
# fails: reach_along_a_chain, what_layers_reach

whole = reach


def reach(mask, layers):
    return whole(mask, layers).T
