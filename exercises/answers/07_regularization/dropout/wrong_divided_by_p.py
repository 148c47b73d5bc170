"""What is kept is divided by p."""
# fails: two_forms, inverted_values, whole_feature_maps, never_and_always


def inverted_dropout(h, p, training, generator):
    if not training:
        return h
    return torch.where(torch.rand(h.shape, generator=generator) >= p, h / max(p, 1e-9), 0)
