"""Examples are copied: random oversampling."""
# fails: places_on_segments


def smote(X, k, count, generator):
    return X[torch.randint(len(X), (count,), generator=generator)]
