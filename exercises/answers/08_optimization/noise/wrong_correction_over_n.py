"""The finite population's factor with N below."""
# fails: all_batches_without_replacement


def gradient_variance(gradients, B, replace=True):
    N = len(gradients)
    variance = gradients.var(dim=0, unbiased=False) / B
    return variance if replace else variance * (N - B) / N
