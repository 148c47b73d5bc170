"""The variance by mean squares, the floor as the fixed point, recursion by hand."""


def gradient_variance(gradients, B, replace=True):
    N = gradients.shape[0]
    variance = gradients.var(dim=0) * (N - 1) / N
    return variance / B if replace else variance / (N - 1) * (N / B - 1)


def variance_path(h, sigma2, V0, rates):
    values = [float(V0)]
    for r in rates:
        keep = 1 - r * h
        values.append(keep * keep * values[-1] + r * r * sigma2)
    return values


def noise_floor(h, sigma2, lr, B):
    kept = (1 - lr * h) ** 2
    return lr * lr * sigma2 / B / (1 - kept) if kept < 1 - 1e-12 else math.inf


def best_rate(h, sigma2, V):
    return 1 / (h + sigma2 / (h * V))
