"""Degrees instead of radians."""
# fails: angle_by_hand, angles_of_random_vectors, parallel_vectors

radians = angle


def angle(x, y):
    return torch.rad2deg(radians(x, y))
