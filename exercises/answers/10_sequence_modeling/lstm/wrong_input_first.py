"""The input stands before the old state."""
# fails: latch_remembers, layer_of_torch, steps_of_torch


def lstm_step(x, h, c, W, b):
    f, i, o, candidate = (torch.cat([x, h], dim=1) @ W.T + b).chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(candidate)
    return torch.sigmoid(o) * torch.tanh(c), c
