"""The gates in torch's order i, f, candidate, o."""
# fails: closed_input_gate, latch_remembers, layer_of_torch, one_step_by_hand, steps_of_torch


def lstm_step(x, h, c, W, b):
    i, f, candidate, o = (torch.cat([h, x], dim=1) @ W.T + b).chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(candidate)
    return torch.sigmoid(o) * torch.tanh(c), c
