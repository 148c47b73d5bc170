"""The state is exposed without its gate."""
# fails: layer_of_torch, one_step_by_hand, steps_of_torch


def lstm_step(x, h, c, W, b):
    f, i, o, candidate = (torch.cat([h, x], dim=1) @ W.T + b).chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(candidate)
    return torch.tanh(c), c
