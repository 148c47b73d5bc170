"""Logarithms in place of xlogy, quantiles in place of distribution functions, vmapped slopes."""

def best_discriminator(p, q):
    D = torch.full_like(p, 0.5)
    some = (p > 0) | (q > 0)
    D[some] = p[some] / (p[some] + q[some])
    return D


def game_value(p, q, D):
    return (p * D.log())[p > 0].sum() + (q * (1 - D).log())[q > 0].sum()


def jensen_shannon(p, q):
    m = (p + q) / 2
    kl = lambda a: (a * (a / m).log())[a > 0].sum()
    return (kl(p) + kl(q)) / 2


def wasserstein(x, y, u, v):
    (x, i), (y, j) = x.sort(), y.sort()
    left, right = u[i].clone(), v[j].clone()
    a = b = 0
    total = torch.zeros((), dtype=x.dtype)
    while a < len(x) and b < len(y):
        share = torch.minimum(left[a], right[b])
        total = total + share * (x[a] - y[b]).abs()
        left[a] -= share
        right[b] -= share
        if left[a] <= right[b]:
            a += 1
        else:
            b += 1
    return total


def spectral_norm(W, u, steps):
    for _ in range(steps):
        v = torch.nn.functional.normalize(u @ W, dim=0)
        u = torch.nn.functional.normalize(W @ v, dim=0)
    return torch.dot(u, torch.mv(W, v)), u


def gradient_penalty(w, real, fake, mix):
    x = torch.lerp(fake, real, mix[:, None])
    slopes = torch.func.vmap(torch.func.grad(lambda row: critic(row[None], w)[0]))(x)
    return (torch.linalg.vector_norm(slopes, dim=1) - 1).square().mean()
