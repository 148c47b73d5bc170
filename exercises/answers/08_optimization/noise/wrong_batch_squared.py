"""Divided by the square of the batch."""
# fails: two_examples_by_hand, all_batches_with_replacement, all_batches_without_replacement, floor_is_a_fixed_point, floor_of_too_large_a_rate


def gradient_variance(gradients, B, replace=True):
    N = len(gradients)
    variance = gradients.var(dim=0, unbiased=False) / B**2
    return variance if replace else variance * (N - B) / (N - 1)


def noise_floor(h, sigma2, lr, B):
    return lr * sigma2 / (B**2 * h * (2 - lr * h)) if lr * h < 2 else math.inf
