"""One layer, however many there are."""
# fails: reach_along_a_chain, what_layers_reach


def reach(mask, layers):
    return mask if layers else torch.eye(len(mask), dtype=torch.bool)
