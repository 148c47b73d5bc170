"""The spins are changed in place."""
# fails: every_spin_once


def ising_sweep(s, J, h, generator):
    for i in range(s.shape[1]):
        for j in range(s.shape[2]):
            up = torch.rand(len(s), generator=generator) < up_probability(s, i, j, J, h)
            s[:, i, j] = torch.where(up, 1, -1).to(s.dtype)
    return s
