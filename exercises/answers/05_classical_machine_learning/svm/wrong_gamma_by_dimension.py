"""The exponent divided by the number of features."""
# fails: kernels_by_hand, bells_of_many_points


def rbf_kernel(X, Z, gamma):
    return (-gamma / X.shape[1] * (X[:, None] - Z).square().sum(dim=2)).exp()
