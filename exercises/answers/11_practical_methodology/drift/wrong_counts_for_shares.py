"""Counts instead of shares."""
# fails: distances_of_scipy, limit_of_any_window, planted_drift, several_windows_in_a_row


def ks_statistic(a, b):
    places = torch.cat([a, b])
    F, G = ((s <= places[:, None]).sum(1) for s in (a, b))
    return ((F - G).abs().max() / max(len(a), len(b))).item()
