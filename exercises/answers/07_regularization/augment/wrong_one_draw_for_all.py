"""The batch mirrored as a whole."""
# fails: mirrored_at_random, certain_and_repeatable


def random_mirror(images, p, generator):
    return mirror(images) if torch.rand((), generator=generator) < p else images
