"""One mask for all examples of the batch."""
# fails: masks_of_their_own


def inverted_dropout(h, p, training, generator):
    if not training:
        return h
    shape = h.shape if h.ndim != 2 else h.shape[1:]
    return torch.where(torch.rand(shape, generator=generator) >= p, h / max(1 - p, 1e-9), 0)
