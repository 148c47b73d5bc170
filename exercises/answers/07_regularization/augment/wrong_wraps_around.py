"""What leaves on one side comes back on the other."""
# fails: moved_by_hand, moved_everywhere, moved_out_of_sight


def translate(images, right, down):
    return images.roll((down, right), dims=(-2, -1))
