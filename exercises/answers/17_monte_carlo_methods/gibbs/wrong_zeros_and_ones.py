"""Spins of 0 and 1."""
# fails: every_spin_once, grids_by_enumeration, grids_from_all_up


def ising_sweep(s, J, h, generator):
    s = s.clone()
    for i in range(s.shape[1]):
        for j in range(s.shape[2]):
            s[:, i, j] = (torch.rand(len(s), generator=generator) < up_probability(s, i, j, J, h)).to(s.dtype)
    return s
