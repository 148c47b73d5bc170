"""n times the weights, rounded, and the best for what is left."""
# fails: three_particles, shares_of_particles


def systematic_resample(w, u):
    counts = (len(w) * w / w.sum()).round().long()
    out = torch.arange(len(w)).repeat_interleave(counts)
    return torch.cat([out, w.argmax().expand(len(w))])[: len(w)].sort().values
