"""Spins of one colour together, tables by loops."""


def gibbs_bivariate(rho, x, sweeps, generator):
    out = torch.zeros(len(x), sweeps, 2)
    current = [x[:, 0], x[:, 1]]
    for t in range(sweeps):
        for i in range(2):
            z = torch.randn(len(x), generator=generator)
            current[i] = rho * current[1 - i] + (1 - rho**2) ** 0.5 * z
            out[:, t, i] = current[i]
    return out


def site_matrix(table, axis):
    n, m = table.shape
    P = torch.zeros(n, m, n, m)
    for i in range(n):
        for j in range(m):
            if axis == 0:
                P[i, j, :, j] = table[:, j] / table[:, j].sum()
            else:
                P[i, j, i, :] = table[i] / table[i].sum()
    return P.reshape(n * m, n * m)


def up_probability(s, i, j, J, h):
    around = torch.nn.functional.pad(s.double(), (1, 1, 1, 1))
    total = around[:, i, j + 1] + around[:, i + 2, j + 1] + around[:, i + 1, j] + around[:, i + 1, j + 2]
    up, down = torch.exp(J * total + h), torch.exp(-J * total - h)
    return up / (up + down)


def ising_sweep(s, J, h, generator):
    s = s.clone()
    n, m = s.shape[1:]
    colour = (torch.arange(n)[:, None] + torch.arange(m)) % 2
    for c in (1, 0):
        padded = torch.nn.functional.pad(s.double(), (1, 1, 1, 1))
        total = padded[:, :-2, 1:-1] + padded[:, 2:, 1:-1] + padded[:, 1:-1, :-2] + padded[:, 1:-1, 2:]
        up = torch.rand(s.shape, generator=generator) < torch.sigmoid(2 * (J * total + h))
        s = torch.where(colour == c, 2 * up.to(s.dtype) - 1, s)
    return s
