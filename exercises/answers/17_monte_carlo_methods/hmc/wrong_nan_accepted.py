"""What isn't rejected is accepted, even if it is no number."""
# fails: steps_far_too_large


def hmc(U, grad, x, step, n, draws, mass, generator):
    L, inverse, states, accepted = torch.linalg.cholesky(mass), torch.linalg.inv(mass), [], []
    for _ in range(draws):
        p = torch.randn(x.shape, generator=generator, dtype=x.dtype) @ L.T
        y, q = leapfrog(x, p, grad, step, n, mass)
        change = U(y) - U(x) + ((q @ inverse * q).sum(dim=1) - (p @ inverse * p).sum(dim=1)) / 2
        no = torch.rand(len(x), generator=generator).log() >= -change
        x = torch.where(no[:, None], x, y)
        states.append(x)
        accepted.append(~no)
    return torch.stack(states, dim=1), torch.stack(accepted, dim=1)
