"""Each pair counts twice in the bound."""
# fails: bounds_by_all_states, certain_spins, bound_never_falls

def ising_elbo(J, h, m):
    up = (1 + m) / 2
    return m @ J @ m + h @ m + (torch.special.entr(up) + torch.special.entr(1 - up)).sum()
