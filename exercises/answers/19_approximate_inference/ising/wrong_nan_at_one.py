"""p ln p as it is written: NaN at 0."""
# fails: certain_spins

def ising_elbo(J, h, m):
    up = (1 + m) / 2
    return m @ J @ m / 2 + h @ m - (up * up.log() + (1 - up) * (1 - up).log()).sum()
