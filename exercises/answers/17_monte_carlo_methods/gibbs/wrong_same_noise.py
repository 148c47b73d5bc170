"""One number for both coordinates."""
# fails: moments_of_two_normals


def gibbs_bivariate(rho, x, sweeps, generator):
    second, states = x[:, 1], []
    for _ in range(sweeps):
        z = math.sqrt(1 - rho**2) * torch.randn(len(x), generator=generator, dtype=x.dtype)
        first = rho * second + z
        second = rho * first + z
        states.append(torch.stack([first, second], dim=1))
    return torch.stack(states, dim=1)
