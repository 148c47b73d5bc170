"""The loadings are taken for orthonormal directions."""
# fails: posterior_by_hand, means_by_joint_gaussian, limit_and_rotation


def ppca_mean(X, W, sigma2, mu):
    return (X - mu) @ W
