"""Copies of the kernel that overwrite each other."""
# fails: copies_of_a_kernel, convolutions_of_scipy


def convolve(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    full = image.new_zeros(h + kh - 1, w + kw - 1)
    for i, j in itertools.product(range(h), range(w)):
        full[i : i + kh, j : j + kw] = image[i, j] * kernel
    return full
