"""The difference of the energies of up and down is 2 (J sum + h), not half of it."""
# fails: corner_by_hand, conditionals_by_enumeration, every_spin_once, grids_by_enumeration, grids_from_all_up


def up_probability(s, i, j, J, h):
    n, m = s.shape[1:]
    field = torch.full(s.shape[:1], h, dtype=torch.float64)
    for a, b in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
        if 0 <= a < n and 0 <= b < m:
            field = field + J * s[:, a, b]
    return torch.sigmoid(field)
