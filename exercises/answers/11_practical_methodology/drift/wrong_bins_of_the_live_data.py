"""Borders from the live sample."""
# fails: index_bin_by_bin

plain = stability_index


def stability_index(train, live, bins=10):
    return plain(live, train, bins)
