"""A variance over all entries together."""
# fails: two_examples_by_hand, all_batches_with_replacement, all_batches_without_replacement


def gradient_variance(gradients, B, replace=True):
    N = len(gradients)
    variance = gradients.var(unbiased=False) / B
    return variance if replace else variance * (N - B) / (N - 1)
