"""Both coordinates are drawn from the old values."""
# fails: means_of_one_sweep, moments_of_two_normals, way_from_a_far_start


def gibbs_bivariate(rho, x, sweeps, generator):
    states = []
    for _ in range(sweeps):
        x = rho * x.flip(1) + math.sqrt(1 - rho**2) * torch.randn(x.shape, generator=generator, dtype=x.dtype)
        states.append(x)
    return torch.stack(states, dim=1)
