"""Always the middle of the segment."""
# fails: places_on_segments


def smote(X, k, count, generator):
    neighbours = torch.cdist(X, X).fill_diagonal_(math.inf).argsort(dim=1)[:, :k]
    i = torch.randint(len(X), (count,), generator=generator)
    return (X[i] + X[neighbours[i, torch.randint(k, (count,), generator=generator)]]) / 2
