"""The floor for small rates, without its denominator's second part."""
# fails: floor_by_hand, floor_is_a_fixed_point, floor_of_too_large_a_rate


def noise_floor(h, sigma2, lr, B):
    return lr * sigma2 / (2 * B * h) if lr * h < 2 else math.inf
