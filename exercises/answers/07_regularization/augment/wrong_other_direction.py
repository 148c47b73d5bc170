"""To the left and up."""
# fails: moved_by_hand, moved_everywhere


def translate(images, right, down, translate=translate):
    return translate(images, -right, -down)
