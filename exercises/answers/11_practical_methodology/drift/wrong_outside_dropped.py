"""Live numbers outside of the training range are dropped."""
# fails: two_bins_of_four, index_bin_by_bin

plain = stability_index


def stability_index(train, live, bins=10):
    return plain(train, live[(live >= train.min()) & (live <= train.max())], bins)
