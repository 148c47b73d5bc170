"""Trajectories that gain energy are preferred."""
# fails: share_of_accepted_trajectories, moments_with_a_mass_matrix, draws_that_are_not_normal


def hmc(U, grad, x, step, n, draws, mass, generator):
    L, inverse, states, accepted = torch.linalg.cholesky(mass), torch.linalg.inv(mass), [], []
    for _ in range(draws):
        p = torch.randn(x.shape, generator=generator, dtype=x.dtype) @ L.T
        y, q = leapfrog(x, p, grad, step, n, mass)
        change = U(y) - U(x) + ((q @ inverse * q).sum(dim=1) - (p @ inverse * p).sum(dim=1)) / 2
        yes = torch.rand(len(x), generator=generator).log() < change
        x = torch.where(yes[:, None], y, x)
        states.append(x)
        accepted.append(yes)
    return torch.stack(states, dim=1), torch.stack(accepted, dim=1)
