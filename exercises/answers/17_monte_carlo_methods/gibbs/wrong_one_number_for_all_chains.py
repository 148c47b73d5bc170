"""All chains share their random numbers."""
# fails: every_spin_once, grids_by_enumeration, grids_from_all_up


def ising_sweep(s, J, h, generator):
    s = s.clone()
    for i in range(s.shape[1]):
        for j in range(s.shape[2]):
            up = torch.rand((), generator=generator) < up_probability(s, i, j, J, h)
            s[:, i, j] = torch.where(up, 1, -1).to(s.dtype)
    return s
