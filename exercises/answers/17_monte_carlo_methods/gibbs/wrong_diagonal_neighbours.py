"""Eight neighbours."""
# fails: corner_by_hand, conditionals_by_enumeration, grids_by_enumeration, grids_from_all_up


def up_probability(s, i, j, J, h):
    n, m = s.shape[1:]
    block = s[:, max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2].double()
    return torch.sigmoid(2 * (J * (block.sum(dim=(1, 2)) - s[:, i, j]) + h))
