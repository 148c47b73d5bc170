"""The chains move in the tensor of their starts."""
# fails: way_from_a_far_start


def gibbs_bivariate(rho, x, sweeps, generator):
    sd, states = math.sqrt(1 - rho**2), []
    for _ in range(sweeps):
        for mine, other in ((0, 1), (1, 0)):
            x[:, mine] = rho * x[:, other] + sd * torch.randn(len(x), generator=generator, dtype=x.dtype)
        states.append(x.clone())
    return torch.stack(states, dim=1)
