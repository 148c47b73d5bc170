"""Exactly the share p of the entries dropped, spread evenly instead of drawn."""
# fails: masks_of_their_own, same_seed_same_mask, maps_of_their_own


def inverted_dropout(h, p, training, generator):
    if not training:
        return h
    places = torch.arange(h.numel(), dtype=torch.float64).reshape(h.shape)
    return torch.where((places * 0.01) % 1 >= p, h / max(1 - p, 1e-9), 0)
