"""The mean of the exponents."""
# fails: measures_of_four_points, crowds_of_scipy


def uniformity(z, t=2.0):
    return (-t * torch.pdist(nn.functional.normalize(z)) ** 2).mean()
