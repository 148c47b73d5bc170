"""The mean over all examples with a positive multiplier."""
# fails: bias_from_free_vectors


def svm_bias(K, y, alpha, C):
    return (y - K @ (alpha * y))[alpha > 0].mean()
