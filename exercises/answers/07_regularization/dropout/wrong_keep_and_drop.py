"""p taken for the probability of keeping."""
# fails: two_forms, shares_that_are_dropped, inverted_values, standard_values, never_and_always, whole_feature_maps, maps_of_their_own


def inverted_dropout(h, p, training, generator):
    if not training:
        return h
    return torch.where(torch.rand(h.shape, generator=generator) < p, h / max(p, 1e-9), 0)


def standard_dropout(h, p, training, generator):
    if not training:
        return h * p
    return torch.where(torch.rand(h.shape, generator=generator) < p, h, 0)
