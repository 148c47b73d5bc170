"""The standard deviation."""
# fails: floor_by_hand, two_examples_by_hand, all_batches_with_replacement, all_batches_without_replacement, floor_is_a_fixed_point, floor_of_too_large_a_rate


def gradient_variance(gradients, B, replace=True):
    N = len(gradients)
    variance = gradients.var(dim=0, unbiased=False) / B
    return (variance if replace else variance * (N - B) / (N - 1)).sqrt()


def noise_floor(h, sigma2, lr, B):
    return math.sqrt(lr * sigma2 / (B * h * (2 - lr * h))) if lr * h < 2 else math.inf
