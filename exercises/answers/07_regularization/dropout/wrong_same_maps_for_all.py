"""The same channels dropped in all examples."""
# fails: maps_of_their_own


def spatial_dropout(x, p, training, generator):
    return x * inverted_dropout(torch.ones(1, x.shape[1], 1, 1, dtype=x.dtype), p, training, generator)
