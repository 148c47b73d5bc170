"""The formula beyond the limit of stability."""
# fails: floor_of_too_large_a_rate


def noise_floor(h, sigma2, lr, B):
    return lr * sigma2 / (B * h * (2 - lr * h)) if lr * h != 2 else math.inf
