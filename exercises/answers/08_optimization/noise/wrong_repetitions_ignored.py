"""The same variance with and without replacement."""
# fails: two_examples_by_hand, all_batches_without_replacement


def gradient_variance(gradients, B, replace=True):
    return gradients.var(dim=0, unbiased=False) / B
