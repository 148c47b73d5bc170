"""Each coordinate moves by a number of its own."""
# fails: points_on_segments, places_on_segments


def smote(X, k, count, generator):
    neighbours = torch.cdist(X, X).fill_diagonal_(math.inf).argsort(dim=1)[:, :k]
    i = torch.randint(len(X), (count,), generator=generator)
    j = neighbours[i, torch.randint(k, (count,), generator=generator)]
    return X[i] + torch.rand(count, X.shape[1], generator=generator, dtype=X.dtype) * (X[j] - X[i])
