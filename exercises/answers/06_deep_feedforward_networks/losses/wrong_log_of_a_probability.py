"""Probabilities first, then their logarithm: infinite as soon as one rounds to zero."""
# fails: binary_far_out


def binary_cross_entropy(z, y):
    e = torch.exp(-z.abs())
    p = torch.where(z >= 0, 1 / (1 + e), e / (1 + e))
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean(), (p - y) / len(z)
