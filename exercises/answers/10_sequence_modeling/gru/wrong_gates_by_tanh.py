"""Gates between -1 and 1."""
# fails: one_gru_step_by_hand, reset_after_as_in_torch, reset_before_by_open_and_closed_gates, update_gate_shut_and_open


def gru_step(x, h, W, U, b, reset_after=False):
    z = torch.tanh(x @ W[0].T + h @ U[0].T + b[0])
    r = torch.tanh(x @ W[1].T + h @ U[1].T + b[1])
    past = r * (h @ U[2].T) if reset_after else (r * h) @ U[2].T
    return (1 - z) * h + z * torch.tanh(x @ W[2].T + past + b[2])
