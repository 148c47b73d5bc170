"""The images are shuffled, not their pixels."""
# fails: pixels_of_each_image


def shuffle_pixels(images, generator):
    return images[torch.randperm(len(images), generator=generator)]
