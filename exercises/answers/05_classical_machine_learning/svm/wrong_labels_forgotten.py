"""The kernels weighted without their labels."""
# fails: two_points_by_hand, shifted_points, exclusive_or


def svm_decision(K, y, alpha, b):
    return K @ alpha + b


def dual_objective(K, y, alpha):
    return alpha.sum() - alpha @ K @ alpha / 2
