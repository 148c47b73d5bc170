"""Slices that begin at a negative number count from the end."""
# fails: squares_at_the_border


def cutout(images, centres, size):
    cut = images.clone()
    for image, (row, column) in zip(cut, centres.tolist()):
        image[:, row - size // 2 : row + size // 2 + 1, column - size // 2 : column + size // 2 + 1] = 0
    return cut
