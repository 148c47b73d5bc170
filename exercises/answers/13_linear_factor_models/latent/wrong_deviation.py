"""The standard deviation of the noise for its variance."""
# fails: means_by_joint_gaussian, limit_and_rotation

plain_mean = ppca_mean


def ppca_mean(X, W, sigma2, mu):
    return plain_mean(X, W, sigma2**0.5, mu)
