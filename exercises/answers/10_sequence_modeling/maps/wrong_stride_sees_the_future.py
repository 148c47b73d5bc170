"""The strided mask to both sides."""
# fails: masks_entry_by_entry, pairs_of_the_example, what_layers_reach


def strided_mask(n, s):
    back = (torch.arange(n)[:, None] - torch.arange(n)).abs()
    return (back < s) | (back % s == 0)
