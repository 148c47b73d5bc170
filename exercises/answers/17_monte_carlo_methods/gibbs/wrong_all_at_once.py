"""All spins from the old grid."""
# fails: grids_by_enumeration, grids_from_all_up


def ising_sweep(s, J, h, generator):
    new = s.clone()
    for i in range(s.shape[1]):
        for j in range(s.shape[2]):
            up = torch.rand(len(s), generator=generator) < up_probability(s, i, j, J, h)
            new[:, i, j] = torch.where(up, 1, -1).to(s.dtype)
    return new
