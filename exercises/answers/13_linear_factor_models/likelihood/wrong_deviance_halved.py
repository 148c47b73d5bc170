"""The log-likelihood itself, without the factor 2."""
# fails: smallest_bic


def bic_k(X):
    N, d = X.shape
    values = torch.linalg.svdvals(X - X.mean(dim=0)) ** 2 / N
    best = []
    for k in range(d):
        deviance = N * (values[:k].log().sum() + (d - k) * values[k:].mean().log())
        best.append((0.5 * deviance + (d * k - k * (k - 1) / 2) * math.log(N)).item())
    return min(range(d), key=best.__getitem__)
