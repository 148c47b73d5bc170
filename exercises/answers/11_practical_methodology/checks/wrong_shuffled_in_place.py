"""The images themselves are shuffled."""
# fails: pixels_of_each_image

plain = shuffle_pixels


def shuffle_pixels(images, generator):
    return images.copy_(plain(images, generator))
