"""As many columns as rows."""
# fails: two_windows_by_hand, maxima_of_torch, maxima_at_the_border, means_of_torch, norms_of_torch, gradients_of_maxima, gradients_of_norms, windows_of_zeros


def windows(x, k, stride):
    rows = (x.shape[2] - k) // stride + 1
    places = itertools.product(range(k), range(k))
    return torch.stack([x[:, :, a : a + stride * rows : stride, b : b + stride * rows : stride] for a, b in places])
