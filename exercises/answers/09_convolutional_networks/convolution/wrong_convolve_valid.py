"""Only the places where the kernel fits."""
# fails: copies_of_a_kernel, convolutions_of_scipy


def convolve(image, kernel):
    return conv2d(image[None, None], kernel.flip(0, 1)[None, None])[0, 0]
