"""Weights must add up to 1."""
# fails: shares_of_particles


def systematic_resample(w, u):
    places = (torch.arange(len(w)) + u) / len(w)
    return torch.searchsorted(w.cumsum(dim=0), places, right=True).clamp(max=len(w) - 1)
