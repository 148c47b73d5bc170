"""Padding is what is allowed."""
# fails: masks_by_hand

whole = padding_mask


def padding_mask(lengths, T):
    return ~whole(lengths, T)
