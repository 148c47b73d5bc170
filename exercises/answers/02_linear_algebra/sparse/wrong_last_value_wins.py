"""Of values at the same place only the last one is kept."""
# fails: values_at_the_same_place


def to_csr(rows, cols, values, shape):
    places = {int(r) * shape[1] + int(c): v for r, c, v in zip(rows, cols, values)}
    keys = sorted(places)
    counts = torch.bincount(torch.tensor([k // shape[1] for k in keys], dtype=torch.int64), minlength=shape[0])
    data = torch.stack([places[k] for k in keys]) if keys else values
    return torch.cat([torch.zeros(1, dtype=torch.int64), counts.cumsum(0)]), torch.tensor([k % shape[1] for k in keys], dtype=torch.int64), data
