"""Inverse of the cumulative distribution, distances kept between the draws, means by one-hot."""


def seeding_probabilities(X, centres):
    d = torch.stack([((X - c) ** 2).sum(1) for c in centres]).min(0).values
    return d / d.sum()


def k_means_plus_plus(X, k, generator):
    chosen = [int(torch.randint(0, len(X), (), generator=generator))]
    for _ in range(k - 1):
        ends = seeding_probabilities(X, X[chosen]).double().cumsum(0)
        u = ends[-1] * torch.rand((), generator=generator, dtype=torch.float64)
        chosen.append(int(torch.searchsorted(ends, u, right=True)))
    return torch.tensor(chosen)


def lloyd_step(X, centres):
    d = torch.stack([((X - c) ** 2).sum(1) for c in centres], 1)
    inertia, labels = d.min(1)
    Y = torch.eye(len(centres), dtype=X.dtype)[labels]
    count = Y.sum(0)[:, None]
    return labels, torch.where(count > 0, Y.T @ X / count.clamp(min=1), centres), inertia.sum()
