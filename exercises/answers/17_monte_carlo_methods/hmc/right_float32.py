"""Single precision, and the uniform numbers first."""


def leapfrog(x, p, grad, step, n, mass):
    inverse = torch.linalg.inv(mass.double()).to(x.dtype)
    for _ in range(n):
        p = p - step / 2 * grad(x).to(x.dtype)
        x = x + step * (p @ inverse)
        p = p - step / 2 * grad(x).to(x.dtype)
    return x, p


def hmc(U, grad, x, step, n, draws, mass, generator):
    L, inverse, states, accepted = torch.linalg.cholesky(mass).float(), torch.linalg.inv(mass).float(), [], []
    u = torch.rand(draws, len(x), generator=generator)
    x = x.float()
    for t in range(draws):
        p = torch.randn(x.shape, generator=generator) @ L.T
        y, q = leapfrog(x, p, grad, step, n, mass)
        change = U(y) - U(x) + (torch.einsum("ni,ij,nj->n", q, inverse, q) - torch.einsum("ni,ij,nj->n", p, inverse, p)) / 2
        yes = u[t].log() < -change
        x = torch.where(yes[:, None], y, x)
        states.append(x)
        accepted.append(yes)
    return torch.stack(states, dim=1), torch.stack(accepted, dim=1)
