"""The same permutation for all images."""
# fails: pixels_of_each_image


def shuffle_pixels(images, generator):
    rows = images.flatten(1)
    return rows[:, torch.randperm(rows.shape[1], generator=generator)].reshape(images.shape)
