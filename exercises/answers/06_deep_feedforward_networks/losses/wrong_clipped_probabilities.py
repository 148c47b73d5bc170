"""Probabilities clipped to [1e-7, 1 - 1e-7]: finite, but 16 instead of 800."""
# fails: binary_quite_sure, binary_far_out


def binary_cross_entropy(z, y):
    p = (1 / (1 + torch.exp(-z))).clamp(1e-7, 1 - 1e-7)
    gradient = 1 / (1 + torch.exp(-z)) - y
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean(), gradient / len(z)
