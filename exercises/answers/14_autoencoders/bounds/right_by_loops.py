"""Loops over examples and values; the largest logarithm subtracted by hand."""


def discrete_elbo(Q, P):
    found = []
    for q, p in zip(Q, P):
        found.append(sum((a * torch.log(b / a) for a, b in zip(q, p) if a > 0), torch.zeros((), dtype=Q.dtype)))
    return torch.stack(found)


def split_kl(Q, p_x, p_z):
    N, K = Q.shape
    mean = [sum(float(p_x[n] * Q[n, k]) for n in range(N)) for k in range(K)]
    information = sum(float(p_x[n] * Q[n, k]) * math.log(float(Q[n, k]) / mean[k]) for n in range(N) for k in range(K) if Q[n, k] > 0)
    return information, sum(m * math.log(m / float(p)) for m, p in zip(mean, p_z) if m > 0)


def iwae_bound(log_w):
    top = log_w.max(dim=1, keepdim=True).values
    return torch.log(torch.exp(log_w - top).mean(dim=1)) + top[:, 0]
