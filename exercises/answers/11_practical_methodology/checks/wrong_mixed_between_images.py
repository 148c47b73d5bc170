"""Pixels wander between images."""
# fails: pixels_of_each_image


def shuffle_pixels(images, generator):
    return images.flatten()[torch.randperm(images.numel(), generator=generator)].reshape(images.shape)
