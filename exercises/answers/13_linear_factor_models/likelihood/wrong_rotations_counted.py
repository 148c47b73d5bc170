"""The freedom of rotations is counted."""
# fails: smallest_bic


def bic_k(X):
    N, d = X.shape
    values = torch.linalg.svdvals(X - X.mean(dim=0)) ** 2 / N
    best = []
    for k in range(d):
        deviance = N * (values[:k].log().sum() + (d - k) * values[k:].mean().log())
        best.append((1 * deviance + (d * k) * math.log(N)).item())
    return min(range(d), key=best.__getitem__)
