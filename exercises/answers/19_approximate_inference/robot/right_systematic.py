"""A transition matrix for the grid; particles by the cumulative sums of probabilities, resampled systematically."""

def grid_filter(doors, seen, moves, hit):
    L = len(doors)
    step = torch.zeros(L, L, dtype=moves.dtype)
    for i in range(L):
        for k in range(len(moves)):
            step[i, (i + k) % L] += moves[k]
    logs, rows, total = torch.full((L,), -math.log(L), dtype=moves.dtype), [], 0.0
    for y in seen.tolist():
        logs = torch.log(torch.exp(logs) @ step) + torch.tensor([math.log(hit if d == y else 1 - hit) for d in doors.tolist()], dtype=moves.dtype)
        total += torch.logsumexp(logs, dim=0).item()
        logs = torch.log_softmax(logs, dim=0)
        rows.append(logs.exp())
    return torch.stack(rows), total


def particle_filter(doors, seen, moves, hit, n, generator):
    L, edges = len(doors), moves.cumsum(dim=0)[:-1]
    cell = (torch.rand(n, generator=generator) * L).long().clamp(max=L - 1)
    rows, total = [], 0.0
    for y in seen:
        cell = (cell + torch.bucketize(torch.rand(n, generator=generator, dtype=moves.dtype), edges)) % L
        weight = hit * (doors[cell] == y).double() + (1 - hit) * (doors[cell] != y).double()
        total += math.log(weight.sum().item() / n)
        p = weight / weight.sum()
        rows.append(torch.stack([p[cell == i].sum() for i in range(L)]))
        marks = (torch.arange(n, dtype=torch.float64) + torch.rand(1, generator=generator, dtype=torch.float64)) / n
        cell = cell[torch.searchsorted(p.cumsum(dim=0), marks).clamp(max=n - 1)]
    return torch.stack(rows), total
