"""One gate after the other; the weights put together from rows."""


def lstm_step(x, h, c, W, b):
    n = h.shape[1]
    a = h @ W[:, :n].T + x @ W[:, n:].T + b
    gate = 1 / (1 + torch.exp(-a[:, : 3 * n]))
    new = gate[:, :n] * c + gate[:, n : 2 * n] * a[:, 3 * n :].tanh()
    return gate[:, 2 * n :] * new.tanh(), new


def latch():
    nothing, on_set, on_reset = [20, -20, 20, 20], [-20, 20, 20, 20], [-20, -20, 20, 20]
    b = torch.tensor(nothing, dtype=torch.float64)
    columns = [0 * b, torch.tensor(on_set) - b, torch.tensor(on_reset) - b]
    return torch.stack(columns, dim=1), b
