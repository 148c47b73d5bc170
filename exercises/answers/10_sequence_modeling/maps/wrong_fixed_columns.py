"""Multiples of s as positions, not as distances."""
# fails: masks_entry_by_entry, what_layers_reach


def strided_mask(n, s):
    i, j = torch.arange(n)[:, None], torch.arange(n)
    return (j <= i) & ((i - j < s) | (j % s == 0))
