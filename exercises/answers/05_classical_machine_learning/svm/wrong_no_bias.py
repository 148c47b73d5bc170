"""No bias."""
# fails: bias_from_free_vectors, shifted_points


def svm_bias(K, y, alpha, C):
    return 0 * y.sum()
