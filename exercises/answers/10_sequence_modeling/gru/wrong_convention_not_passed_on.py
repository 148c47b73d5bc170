"""The layer forgets which convention was asked for."""
# fails: reset_after_as_in_torch


def gru(X, h, W, U, b, reset_after=False):
    states = []
    for x in X.unbind(dim=1):
        h = gru_step(x, h, W, U, b)
        states.append(h)
    return torch.stack(states, dim=1)
