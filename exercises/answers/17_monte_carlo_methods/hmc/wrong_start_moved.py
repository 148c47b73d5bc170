"""The chains move in the tensor of their starts."""
# fails: draws_that_are_not_normal


def hmc(U, grad, x, step, n, draws, mass, generator):
    L, inverse, states, accepted = torch.linalg.cholesky(mass), torch.linalg.inv(mass), [], []
    for _ in range(draws):
        p = torch.randn(x.shape, generator=generator, dtype=x.dtype) @ L.T
        y, q = leapfrog(x, p, grad, step, n, mass)
        change = U(y) - U(x) + ((q @ inverse * q).sum(dim=1) - (p @ inverse * p).sum(dim=1)) / 2
        yes = torch.rand(len(x), generator=generator, dtype=x.dtype).log() < -change
        x[yes] = y[yes]
        states.append(x.clone())
        accepted.append(yes)
    return torch.stack(states, dim=1), torch.stack(accepted, dim=1)
