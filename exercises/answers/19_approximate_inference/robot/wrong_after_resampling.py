"""The distribution after resampling."""
# fails: shares_of_particles

def particle_filter(doors, seen, moves, hit, n, generator):
    x = torch.randint(0, len(doors), (n,), generator=generator)
    rows, log_p = [], 0.0
    for reading in seen:
        x = (x + torch.multinomial(moves, n, replacement=True, generator=generator)) % len(doors)
        w = torch.where(doors[x] == reading, hit, 1 - hit).to(moves.dtype)
        log_p = log_p + w.mean().log()
        x = x[torch.multinomial(w, n, replacement=True, generator=generator)]
        rows.append(torch.bincount(x, minlength=len(doors)).to(moves.dtype) / n)
    return torch.stack(rows), log_p
