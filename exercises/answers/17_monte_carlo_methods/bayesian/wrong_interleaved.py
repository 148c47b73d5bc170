"""The numbers of a unit are expected side by side."""
# fails: outputs_of_torch, posterior_of_torch, doubt_away_from_the_data


def network(w, x):
    h = (w.shape[1] - 1) // 3
    a, c, v = w[:, :-1].reshape(len(w), h, 3).unbind(dim=2)
    return w[:, -1:] + (v[:, :, None] * torch.tanh(a[:, :, None] * x + c[:, :, None])).sum(dim=1)
