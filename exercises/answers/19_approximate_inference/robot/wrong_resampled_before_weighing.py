"""Resampled while all weights are equal; the reading's weights are then forgotten."""
# fails: shares_of_particles, particles_after_three_hundred_readings

def particle_filter(doors, seen, moves, hit, n, generator):
    L = len(doors)
    cell, beliefs, total = torch.randint(L, (n,), generator=generator), [], 0.0
    for reading in seen:
        cell = (cell + torch.multinomial(moves, n, replacement=True, generator=generator)) % L
        cell = cell[torch.randint(n, (n,), generator=generator)]
        weight = torch.where(doors[cell] == reading, hit, 1 - hit).to(moves.dtype)
        total = total + weight.mean().log()
        beliefs.append(torch.bincount(cell, weight, minlength=L) / weight.sum())
    return torch.stack(beliefs), total
