"""The sum of the window for its mean."""
# fails: four_windows_by_hand, means_of_torch


def avg_pool2d(x, k, stride):
    return windows(x, k, stride).sum(dim=0)
