"""Right angles between all vectors."""
# fails: corners_of_a_simplex, smallest_losses


def simplex(n, d):
    if d < n - 1:
        raise ValueError
    return torch.eye(max(n, d), dtype=torch.float64)[:n, :d]


def smallest_nt_xent(n, temperature):
    return math.log(1 + (2 * n - 2) * math.exp(-1 / temperature))
