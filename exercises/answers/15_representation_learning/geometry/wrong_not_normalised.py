"""Vectors of any length."""
# fails: measures_of_four_points, partners_and_copies, distances_of_partners, crowds_of_scipy


def alignment(z1, z2, alpha=2.0):
    return ((z1 - z2).norm(dim=1) ** alpha).mean()


def uniformity(z, t=2.0):
    return torch.exp(-t * torch.pdist(z) ** 2).mean().log()
