"""A sweep draws all spins from the old ones."""
# fails: spins_that_are_drawn

def gibbs_means(J, h, chains, sweeps, generator):
    s = 2 * torch.bernoulli(torch.full((chains, len(h)), 0.5, dtype=J.dtype), generator=generator) - 1
    for _ in range(sweeps):
        s = 2 * torch.bernoulli(torch.sigmoid(2 * (h + s @ J)), generator=generator) - 1
    return s.mean(dim=0)
