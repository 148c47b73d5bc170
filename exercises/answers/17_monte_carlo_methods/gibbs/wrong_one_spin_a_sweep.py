"""A single spin at random."""
# fails: every_spin_once, grids_from_all_up


def ising_sweep(s, J, h, generator):
    s = s.clone()
    i, j = (int(torch.randint(k, (), generator=generator)) for k in s.shape[1:])
    up = torch.rand(len(s), generator=generator) < up_probability(s, i, j, J, h)
    s[:, i, j] = torch.where(up, 1, -1).to(s.dtype)
    return s
