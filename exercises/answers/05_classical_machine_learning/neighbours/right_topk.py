"""Distances by a loop, the nearest by topk, votes by bincount."""


def minkowski(X, Z, p):
    if not p >= 1:
        raise ValueError("p is below 1")
    rows = [(Z - x).abs() for x in X]
    if math.isinf(p):
        return torch.stack([r.max(dim=1).values for r in rows])
    return torch.stack([(r**p).sum(dim=1) ** (1 / p) for r in rows])


def knn_classify(D, y, k):
    nearest = D.topk(k, dim=1, largest=False).indices
    return torch.stack([torch.bincount(y[row]).argmax() for row in nearest])


def knn_regress(D, y, k):
    out = []
    for row in D:
        d, i = row.topk(k, largest=False)
        t = y[i]
        out.append(t[d == 0].mean() if (d == 0).any() else (t / d).sum() / (1 / d).sum())
    return torch.stack(out)
