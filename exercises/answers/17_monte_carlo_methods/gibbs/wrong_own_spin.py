"""The spin itself is counted among its neighbours."""
# fails: corner_by_hand, conditionals_by_enumeration, grids_by_enumeration, grids_from_all_up


def up_probability(s, i, j, J, h):
    n, m = s.shape[1:]
    total = s[:, i, j].double()
    for a, b in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
        if 0 <= a < n and 0 <= b < m:
            total = total + s[:, a, b]
    return torch.sigmoid(2 * (J * total + h))
