"""Another order of the spins in every sweep."""


def ising_sweep(s, J, h, generator):
    out, m = s.clone(), s.shape[2]
    for k in torch.randperm(s.shape[1] * m, generator=generator).tolist():
        i, j = divmod(k, m)
        chance = up_probability(out, i, j, J, h)
        out[:, i, j] = 2 * torch.bernoulli(chance, generator=generator).to(s.dtype) - 1
    return out
