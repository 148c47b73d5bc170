"""The full cross-correlation for the convolution."""
# fails: copies_of_a_kernel, convolutions_of_scipy


def convolve(image, kernel):
    kernel = kernel.flip(0, 1)
    (h, w), (kh, kw) = image.shape, kernel.shape
    full = image.new_zeros(h + kh - 1, w + kw - 1)
    for a, b in itertools.product(range(kh), range(kw)):
        full[a : a + h, b : b + w] += kernel[a, b] * image
    return full
