"""Every step begins with the first cell."""
# fails: closed_input_gate, latch_remembers, layer_of_torch


def lstm(X, h, c, W, b):
    states = []
    for x in X.unbind(dim=1):
        h, last = lstm_step(x, h, c, W, b)
        states.append(h)
    return torch.stack(states, dim=1), h, last
