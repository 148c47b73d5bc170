"""No acceptance test."""
# fails: share_of_accepted_trajectories, moments_with_a_mass_matrix, draws_that_are_not_normal, steps_far_too_large


def hmc(U, grad, x, step, n, draws, mass, generator):
    L, states = torch.linalg.cholesky(mass), []
    for _ in range(draws):
        p = torch.randn(x.shape, generator=generator, dtype=x.dtype) @ L.T
        x, _ = leapfrog(x, p, grad, step, n, mass)
        states.append(x)
    return torch.stack(states, dim=1), torch.ones(len(x), draws, dtype=torch.bool)
