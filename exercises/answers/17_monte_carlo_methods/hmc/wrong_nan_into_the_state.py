"""States are mixed by multiplication: 0 times infinity."""
# fails: steps_far_too_large


def hmc(U, grad, x, step, n, draws, mass, generator):
    L, inverse, states, accepted = torch.linalg.cholesky(mass), torch.linalg.inv(mass), [], []
    for _ in range(draws):
        p = torch.randn(x.shape, generator=generator, dtype=x.dtype) @ L.T
        y, q = leapfrog(x, p, grad, step, n, mass)
        change = U(y) - U(x) + ((q @ inverse * q).sum(dim=1) - (p @ inverse * p).sum(dim=1)) / 2
        yes = torch.rand(len(x), generator=generator).log() < -change
        moved = (~torch.isclose(y, x, rtol=0, atol=0)).any(dim=1) & yes
        x = yes[:, None] * y + ~yes[:, None] * x
        states.append(x)
        accepted.append(moved)
    return torch.stack(states, dim=1), torch.stack(accepted, dim=1)
