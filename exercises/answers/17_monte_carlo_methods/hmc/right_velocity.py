"""Inner half kicks joined, the velocity by solving, momenta from a Gaussian with eigenvectors."""


def leapfrog(x, p, grad, step, n, mass):
    p = p - step / 2 * grad(x)
    for k in range(n):
        x = x + step * torch.linalg.solve(mass, p.T).T
        p = p - (step if k < n - 1 else step / 2) * grad(x)
    return x, p


def hmc(U, grad, x, step, n, draws, mass, generator):
    values, vectors = torch.linalg.eigh(mass)
    root = vectors * values.sqrt()
    out = torch.empty(len(x), draws, x.shape[1], dtype=x.dtype)
    yes = torch.empty(len(x), draws, dtype=torch.bool)
    for t in range(draws):
        p = (root @ torch.randn(x.shape[1], len(x), generator=generator, dtype=x.dtype)).T
        y, q = leapfrog(x, p, grad, step, n, mass)
        before = U(x) + (p * torch.linalg.solve(mass, p.T).T).sum(dim=1) / 2
        after = U(y) + (q * torch.linalg.solve(mass, q.T).T).sum(dim=1) / 2
        chance = torch.nan_to_num(torch.exp(before - after), nan=0.0, posinf=1.0)
        yes[:, t] = torch.rand(len(x), generator=generator, dtype=x.dtype) < chance
        x = torch.where(yes[:, t, None], y, x)
        out[:, t] = x
    return out, yes
