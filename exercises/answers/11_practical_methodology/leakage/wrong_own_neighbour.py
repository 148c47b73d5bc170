"""The nearest example of each is itself."""
# fails: places_on_segments


def smote(X, k, count, generator):
    neighbours = torch.cdist(X, X).argsort(dim=1, stable=True)[:, :k]
    i = torch.randint(len(X), (count,), generator=generator)
    j = neighbours[i, torch.randint(k, (count,), generator=generator)]
    return X[i] + torch.rand(count, 1, generator=generator, dtype=X.dtype) * (X[j] - X[i])
