"""Eigenvectors of each class, computed once, classes one after the other, distances by cdist."""

def class_statistics(X, y, C, floor):
    means, covariances = [], []
    for c in range(C):
        rows = X[y == c]
        means.append(rows.mean(0))
        covariances.append((rows.T @ rows / len(rows) - torch.outer(means[-1], means[-1])) + floor * torch.diag(torch.ones_like(rows[0])))
    return torch.stack(means), torch.stack(covariances)


def class_noise(x, t, y, means, covariances, betas):
    S, U = torch.linalg.eigh(covariances)
    a = torch.cumprod(1 - betas, dim=0)[t - 1]
    out = torch.empty_like(x)
    for i in range(len(x)):
        away = U[y[i]].T @ (x[i] - a[i].sqrt() * means[y[i]])
        out[i] = (1 - a[i]).sqrt() * U[y[i]] @ (away / (a[i] * S[y[i]] + 1 - a[i]))
    return out


def request(y, means, covariances, betas, generator):
    S, U = torch.linalg.eigh(covariances)
    S, U, m = S[y], U[y], means[y]
    x = torch.randn(m.shape, generator=generator, dtype=m.dtype)
    for t in range(len(betas) - 1, -1, -1):
        a, b = torch.prod(1 - betas[: t + 1]), betas[t]
        away = torch.einsum("nij,ni->nj", U, x - a.sqrt() * m) / (a * S + 1 - a)
        x = (x - b * torch.einsum("nij,nj->ni", U, away)) / (1 - b).sqrt()
        fresh = torch.randn(m.shape, generator=generator, dtype=m.dtype)
        x = x + (b.sqrt() * fresh if t else 0)
    return x


def copy_ratio(fake, train, new):
    nearest = [torch.cdist(rows, train).min(dim=1).values.mean() for rows in (fake, new)]
    return float(nearest[0] / nearest[1])
