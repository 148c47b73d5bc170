"""The window goes around the ends."""
# fails: masks_entry_by_entry, pairs_of_the_example


def local_mask(n, w):
    places = torch.arange(n)
    back = (places[:, None] - places).abs()
    return torch.minimum(back, n - back) <= w
