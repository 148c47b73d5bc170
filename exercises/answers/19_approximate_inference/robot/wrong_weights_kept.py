"""Weights are kept after resampling, and count twice."""
# fails: shares_of_particles, likelihood_by_particles, particles_after_three_hundred_readings

def particle_filter(doors, seen, moves, hit, n, generator):
    L = len(doors)
    cell, beliefs, total = torch.randint(L, (n,), generator=generator), [], 0.0
    old = torch.ones(n, dtype=moves.dtype)
    for reading in seen:
        cell = (cell + torch.multinomial(moves, n, replacement=True, generator=generator)) % L
        weight = old * torch.where(doors[cell] == reading, hit, 1 - hit).to(moves.dtype)
        total = total + weight.mean().log() - old.mean().log()
        beliefs.append(torch.bincount(cell, weight, minlength=L) / weight.sum())
        chosen = torch.multinomial(weight, n, replacement=True, generator=generator)
        cell, old = cell[chosen], weight[chosen] / weight.sum()
    return torch.stack(beliefs), total
