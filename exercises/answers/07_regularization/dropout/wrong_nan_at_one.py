"""0 times 1 / 0 where everything is dropped."""
# fails: never_and_always


def inverted_dropout(h, p, training, generator):
    if not training:
        return h
    return h * (torch.rand(h.shape, generator=generator) >= p) / torch.tensor(1 - p, dtype=h.dtype)
