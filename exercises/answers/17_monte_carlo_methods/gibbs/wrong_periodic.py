"""The grid is closed to a torus."""
# fails: corner_by_hand, conditionals_by_enumeration, grids_by_enumeration, grids_from_all_up


def up_probability(s, i, j, J, h):
    n, m = s.shape[1:]
    total = s[:, i - 1, j] + s[:, (i + 1) % n, j] + s[:, i, j - 1] + s[:, i, (j + 1) % m]
    return torch.sigmoid(2 * (J * total + h))
