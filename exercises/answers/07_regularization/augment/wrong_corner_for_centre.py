"""The pixel in the upper left corner of the square."""
# fails: squares_inside, squares_at_the_border


def cutout(images, centres, size, cutout=cutout):
    return cutout(images, centres + size // 2, size)
