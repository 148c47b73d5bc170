"""Only the rows of each image are shuffled."""
# fails: pixels_of_each_image


def shuffle_pixels(images, generator):
    return torch.stack([x[torch.randperm(x.shape[0], generator=generator)] for x in images])
