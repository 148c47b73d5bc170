"""The decision without its bias."""
# fails: shifted_points


def svm_decision(K, y, alpha, b):
    return K @ (alpha * y)
