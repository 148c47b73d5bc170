"""The standard deviation of the noise for its variance."""
# fails: means_by_joint_gaussian, limit_and_rotation

plain_mean = ppca_mean


def ppca_mean(X, W, mu, sigma2):
    return plain_mean(X, W, mu, sigma2**0.5)
