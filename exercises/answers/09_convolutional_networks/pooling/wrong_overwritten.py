"""Parts of overlapping windows that overwrite each other."""
# fails: two_windows_by_hand, gradients_of_maxima, gradients_of_means, gradients_of_norms


def put_back(parts, x, k, stride):
    total = torch.zeros_like(x)
    for part, (a, b) in zip(parts, itertools.product(range(k), range(k))):
        rows, columns = part.shape[2:]
        total[:, :, a : a + stride * rows : stride, b : b + stride * columns : stride] = part
    return total
