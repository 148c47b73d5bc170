"""Weights grow for ever, and no particle is ever replaced."""
# fails: particles_after_three_hundred_readings

def particle_filter(doors, seen, moves, hit, n, generator):
    L = len(doors)
    cell, beliefs, total = torch.randint(L, (n,), generator=generator), [], 0.0
    p = torch.full((n,), 1 / n, dtype=moves.dtype)
    for reading in seen:
        cell = (cell + torch.multinomial(moves, n, replacement=True, generator=generator)) % L
        p = p * torch.where(doors[cell] == reading, hit, 1 - hit)
        total = total + p.sum().log()
        p = p / p.sum()
        beliefs.append(torch.bincount(cell, p, minlength=L))
    return torch.stack(beliefs), total
