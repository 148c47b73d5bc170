"""The square is cut out of the original."""
# fails: originals_kept


def cutout(images, centres, size, cutout=cutout):
    images.copy_(cutout(images, centres, size))
    return images
