"""Sorted by rows only; columns stay as they came."""
# fails: coordinates_in_any_order


def to_csr(rows, cols, values, shape):
    places, first = {}, []
    for r, c, v in zip(rows.tolist(), cols.tolist(), values):
        places[r, c] = places[r, c] + v if (r, c) in places else v
    keys = sorted(places, key=lambda place: place[0])
    counts = torch.bincount(torch.tensor([r for r, _ in keys], dtype=torch.int64), minlength=shape[0])
    data = torch.stack([places[k] for k in keys]) if keys else values
    return torch.cat([counts.new_zeros(1), counts.cumsum(0)]), torch.tensor([c for _, c in keys], dtype=torch.int64), data
