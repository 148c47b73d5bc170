"""Top and bottom exchanged."""
# fails: mirrored_by_hand, mirrored_twice, mirrored_at_random, certain_and_repeatable


def mirror(images):
    return images.flip(-2)
