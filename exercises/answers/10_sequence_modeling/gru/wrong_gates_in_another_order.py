"""The reset gate is taken to come first."""
# fails: reset_after_as_in_torch, reset_before_by_open_and_closed_gates, update_gate_shut_and_open

whole = gru_step


def gru_step(x, h, W, U, b, reset_after=False):
    order = [1, 0, 2]
    return whole(x, h, W[order], U[order], b[order], reset_after)
