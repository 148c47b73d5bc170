"""Means from sigmoids, spins by uniform numbers, entropies by logarithms, curvatures entry by entry."""

def mean_field(J, h, m, sweeps):
    means = m.tolist()
    for _ in range(sweeps):
        for i in range(len(means)):
            field = h[i].item() + sum(J[i, j].item() * means[j] for j in range(len(means)))
            means[i] = 2 / (1 + math.exp(-2 * field)) - 1
    return torch.tensor(means, dtype=m.dtype)


def ising_elbo(J, h, m):
    total = 0.0
    for i in range(len(m)):
        total += (h[i] * m[i]).item() + sum((J[i, j] * m[i] * m[j]).item() for j in range(i))
        for p in ((1 + m[i].item()) / 2, (1 - m[i].item()) / 2):
            total -= p * math.log(p) if p > 0 else 0.0
    return total


def curvature(J, m):
    H = J.clone()
    for i in range(len(m)):
        H[i, i] = -1 / (1 - m[i]) / (1 + m[i])
    return H


def gibbs_means(J, h, chains, sweeps, generator):
    s = torch.randint(0, 2, (len(h), chains), generator=generator).to(J.dtype) * 2 - 1
    for _ in range(sweeps):
        for i in range(len(h)):
            up = (1 + torch.tanh(h[i] + J[i] @ s)) / 2
            s[i] = torch.where(torch.rand(chains, generator=generator, dtype=J.dtype) < up, 1.0, -1.0)
    return s.mean(dim=1)
