"""No gradient flows from the two measures that serve as losses."""
# fails: distances_of_partners, crowds_of_scipy

distance, crowd = alignment, uniformity


def alignment(z1, z2, alpha=2.0):
    return distance(z1.detach(), z2.detach(), alpha)


def uniformity(z, t=2.0):
    return crowd(z.detach(), t)
