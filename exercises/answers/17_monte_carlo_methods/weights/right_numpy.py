"""NumPy, sums shifted by hand, pointers in the place of a search."""

import numpy as np


def importance(f, log_w):
    v = f.numpy() * np.exp(log_w.numpy())
    return float(v.mean()), float(v.std(ddof=1) / np.sqrt(len(v)))


def self_normalized(f, log_w):
    w = np.exp(log_w.numpy() - log_w.numpy().max())
    mean = float((w * f.numpy()).sum() / w.sum())
    return mean, float(np.sqrt((w**2 * (f.numpy() - mean) ** 2).sum()) / w.sum())


def weight_ess(log_w):
    return torch.exp(2 * torch.logsumexp(log_w, 0) - torch.logsumexp(2 * log_w, 0))


def second_moment(sigma, d):
    factor = 1 - 1 / (2 * sigma**2)
    if factor <= 0:
        return float("inf")
    return float((sigma / np.sqrt(2 * factor)) ** d)


def systematic_resample(w, u):
    n, share, out, k, end = len(w), (w / w.sum()).tolist(), [], 0, 0.0
    for i, s in enumerate(share):
        end += s
        while k < n and ((k + u) / n < end or i == n - 1):
            out.append(i)
            k += 1
    return torch.tensor(out)
