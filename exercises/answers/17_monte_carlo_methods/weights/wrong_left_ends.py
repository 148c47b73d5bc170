"""A left end belongs to the share before."""
# fails: shares_of_particles


def systematic_resample(w, u):
    ends = w.cumsum(dim=0)
    return torch.searchsorted(ends, (torch.arange(len(w)) + u) / len(w) * ends[-1])
