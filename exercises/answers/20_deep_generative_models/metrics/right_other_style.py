"""Eigenvalues of the product, kernels by cdist, kthvalue, all runs at once."""

def covariance(X):
    away = X - X.mean(0)
    return away.T @ away / (len(X) - 1)


def frechet_distance(X, Y):
    S, Q = covariance(X), covariance(Y)
    values = torch.linalg.eigvals(S @ Q).real.clamp(min=0)
    return (X.mean(0) - Y.mean(0)).pow(2).sum() + torch.trace(S) + torch.trace(Q) - 2 * values.sqrt().sum()


def mmd(X, Y, h):
    k = lambda A, B: torch.exp(-torch.cdist(A, B).pow(2) / (2 * h * h))
    n, m = len(X), len(Y)
    xx = k(X, X).fill_diagonal_(0).sum() / (n * n - n)
    yy = k(Y, Y).fill_diagonal_(0).sum() / (m * m - m)
    return xx + yy - 2 * k(X, Y).sum() / (n * m)


def share_inside(rows, centres, k):
    radius = torch.stack([(centres - c).norm(dim=1).kthvalue(k + 1).values for c in centres])
    inside = [bool(((centres - row).norm(dim=1) <= radius).any()) for row in rows]
    return sum(inside) / len(inside)


def precision_recall(real, fake, k):
    return share_inside(fake, real, k), share_inside(real, fake, k)


def bits_per_dim(log_p, d):
    return -log_p / math.log(2) / d


def frechet_bias(n, d, runs, generator):
    found = []
    for _ in range(runs):
        Z = torch.randn(2, n, d, generator=generator, dtype=torch.float64)
        found.append(float(frechet_distance(Z[0], Z[1])))
    return sum(found) / len(found)
