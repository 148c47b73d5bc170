"""Windows that never overlap: the stride thought to be the side."""
# fails: two_windows_by_hand, maxima_of_torch, maxima_at_the_border, means_of_torch, norms_of_torch, gradients_of_maxima, gradients_of_norms

_windows = windows


def windows(x, k, stride):
    return _windows(x, k, k)
