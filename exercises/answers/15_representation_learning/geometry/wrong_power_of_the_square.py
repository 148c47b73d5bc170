"""Squared distances to the power alpha."""
# fails: partners_and_copies, distances_of_partners

plain = alignment


def alignment(z1, z2, alpha=2.0):
    return plain(z1, z2, 2 * alpha)
