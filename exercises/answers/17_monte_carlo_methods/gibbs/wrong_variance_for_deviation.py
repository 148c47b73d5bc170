"""1 - rho^2 as the standard deviation."""
# fails: moments_of_two_normals


def gibbs_bivariate(rho, x, sweeps, generator):
    second, states = x[:, 1], []
    for _ in range(sweeps):
        z = (1 - rho**2) * torch.randn(2, len(x), generator=generator, dtype=x.dtype)
        first = rho * second + z[0]
        second = rho * first + z[1]
        states.append(torch.stack([first, second], dim=1))
    return torch.stack(states, dim=1)
