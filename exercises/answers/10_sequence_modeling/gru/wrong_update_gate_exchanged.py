"""The update gate keeps the state, as in torch."""
# fails: reset_after_as_in_torch, reset_before_by_open_and_closed_gates, update_gate_shut_and_open


def gru_step(x, h, W, U, b, reset_after=False):
    z = torch.sigmoid(x @ W[0].T + h @ U[0].T + b[0])
    r = torch.sigmoid(x @ W[1].T + h @ U[1].T + b[1])
    past = r * (h @ U[2].T) if reset_after else (r * h) @ U[2].T
    return z * h + (1 - z) * torch.tanh(x @ W[2].T + past + b[2])
