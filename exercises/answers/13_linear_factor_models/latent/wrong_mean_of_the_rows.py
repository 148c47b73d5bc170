"""The mean of the rows for mu."""
# fails: posterior_by_hand, means_by_joint_gaussian, limit_and_rotation

plain_mean = ppca_mean


def ppca_mean(X, W, mu, sigma2):
    return plain_mean(X, W, X.mean(dim=0), sigma2)
