"""Distances in the exponent."""
# fails: measures_of_four_points, crowds_of_scipy


def uniformity(z, t=2.0):
    return torch.exp(-t * torch.pdist(nn.functional.normalize(z))).mean().log()
