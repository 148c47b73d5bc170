"""The particles' weights are normalised in place."""
# fails: shares_of_particles


def systematic_resample(w, u):
    w /= w.sum()
    places = (torch.arange(len(w)) + u) / len(w)
    return torch.searchsorted(w.cumsum(dim=0), places, right=True).clamp(max=len(w) - 1)
