"""The exponent is always 2."""
# fails: distances_of_partners

plain = alignment


def alignment(z1, z2, alpha=2.0):
    return plain(z1, z2)
