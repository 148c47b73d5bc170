"""Each row with itself, too."""
# fails: measures_of_four_points, crowds_of_scipy


def uniformity(z, t=2.0):
    z = nn.functional.normalize(z)
    return torch.exp(-2 * t * (1 - z @ z.T)).mean().log()
