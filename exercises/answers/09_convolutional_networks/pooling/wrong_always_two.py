"""The Euclidean norm, whatever p is."""
# fails: norms_of_torch, gradients_of_norms


def lp_pool2d(x, k, stride, p):
    return windows(x, k, stride).square().sum(dim=0).sqrt()
