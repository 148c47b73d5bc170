"""The shift is added outside of tanh."""
# fails: two_networks_by_hand, outputs_of_torch, posterior_of_torch, doubt_away_from_the_data


def network(w, x):
    h = (w.shape[1] - 1) // 3
    a, c, v, b = w.split([h, h, h, 1], dim=1)
    return b + (v[:, :, None] * (torch.tanh(a[:, :, None] * x) + c[:, :, None])).sum(dim=1)
