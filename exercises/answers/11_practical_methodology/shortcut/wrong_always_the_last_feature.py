"""The last feature, whatever is asked."""
# fails: flips_of_a_plane

plain = flip_rate


def flip_rate(predict, X, column):
    return plain(predict, X, -1)
