"""Any other example is a neighbour."""
# fails: points_on_segments


def smote(X, k, count, generator):
    i = torch.randint(len(X), (count,), generator=generator)
    j = (i + 1 + torch.randint(len(X) - 1, (count,), generator=generator)) % len(X)
    return X[i] + torch.rand(count, 1, generator=generator, dtype=X.dtype) * (X[j] - X[i])
